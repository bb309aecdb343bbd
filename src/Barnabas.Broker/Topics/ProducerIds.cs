using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// Hands out producer ids from blocks that the controller allocates: an id is never given twice in a cluster, whatever
/// crashes. The next block is asked for before the current one is used up. From any reactor.
/// </summary>
internal sealed class ProducerIds(ClusterView cluster, IControllerChannel controller, IMailbox mailbox)
{
    /// <summary>Requests that may wait for the first block; more are told to try again.</summary>
    private const int WaitersMax = 10_000;

    /// <summary>With a tenth of a block left the next one is fetched.</summary>
    private const int RefillBelow = AllocateProducerIdsCommand.BlockSize / 10;

    private readonly Lock _lock = new();
    private readonly Queue<Request> _waiting = new();
    private long _next;
    private long _end;
    private long _nextBlockStart;
    private long _nextBlockEnd;
    private bool _isAsking;

    /// <summary>Answers InitProducerId with a fresh id, now or when a block has come.</summary>
    public void Assign(Request request)
    {
        long id;
        bool ask;
        lock (_lock)
        {
            id = TryTake();
            ask = !_isAsking && _nextBlockEnd == 0 && _end - _next < RefillBelow;
            _isAsking |= ask;
            if (id < 0)
            {
                if (_waiting.Count >= WaitersMax)
                {
                    id = long.MinValue;
                }
                else
                {
                    _waiting.Enqueue(request);
                }
            }
        }

        if (ask)
        {
            Ask();
        }

        if (id == long.MinValue)
        {
            request.Reply(new InitProducerIdResponse
            {
                ErrorCode = (short)ErrorCode.CoordinatorLoadInProgress,
                ProducerId = -1,
                ProducerEpoch = -1,
            });
        }
        else if (id >= 0)
        {
            request.Reply(Response(id));
        }
    }

    private static InitProducerIdResponse Response(long id) => new() { ProducerId = id, ProducerEpoch = 0 };

    private long TryTake()
    {
        if (_next == _end && _nextBlockEnd > 0)
        {
            _next = _nextBlockStart;
            _end = _nextBlockEnd;
            _nextBlockEnd = 0;
        }

        return _next < _end ? _next++ : -1;
    }

    private void Ask()
    {
        long epoch = cluster.Image.TryGetBroker(cluster.Self, out BrokerRegistration? self) ? self.Epoch : -1;
        AllocateProducerIdsCommand command = new(new AllocateProducerIdsRequest
        {
            BrokerId = cluster.Self.Value,
            BrokerEpoch = epoch,
        });
        controller.Submit(command, new Block(this, command), mailbox);
    }

    private void OnBlock(AllocateProducerIdsResponse block)
    {
        List<(Request Request, long Id)> ready = [];
        lock (_lock)
        {
            _isAsking = false;
            if (block.ErrorCode == 0)
            {
                _nextBlockStart = block.ProducerIdStart;
                _nextBlockEnd = block.ProducerIdStart + block.ProducerIdLen;
            }

            while (_waiting.Count > 0)
            {
                long id = block.ErrorCode == 0 ? TryTake() : -1;
                if (id < 0 && block.ErrorCode == 0)
                {
                    break;
                }

                ready.Add((_waiting.Dequeue(), id));
            }
        }

        foreach ((Request request, long id) in ready)
        {
            request.ReplyFromAnywhere(id >= 0
                ? Response(id)
                : new InitProducerIdResponse
                {
                    ErrorCode = (short)ErrorCode.CoordinatorLoadInProgress,
                    ProducerId = -1,
                    ProducerEpoch = -1,
                });
        }

        AskAgainIfNeeded();
    }

    private void AskAgainIfNeeded()
    {
        bool ask;
        lock (_lock)
        {
            ask = !_isAsking && _waiting.Count > 0;
            _isAsking |= ask;
        }

        if (ask)
        {
            Ask();
        }
    }

    private sealed class Block(ProducerIds owner, AllocateProducerIdsCommand command) : WorkItem
    {
        public override void Run() => owner.OnBlock(command.Response);
    }
}
