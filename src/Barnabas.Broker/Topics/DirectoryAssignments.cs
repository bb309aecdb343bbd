using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// Tells the controller in which of several log directories this broker has put its replicas (KIP-858). Without it the
/// controller could not know which partitions a failed directory takes away. On the metadata mailbox.
/// </summary>
internal sealed class DirectoryAssignments
{
    /// <summary>Kafka's limit for one request.</summary>
    private const int AssignmentsPerRequestMax = 2_250;

    /// <summary>What is opened together is told together.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly IControllerChannel _controller;
    private readonly IMailbox _mailbox;
    private readonly BrokerId _self;
    private readonly SendTimer _timer;
    private readonly List<(TopicIdPartition Partition, Uuid Directory)> _inFlight = [];
    private Queue<(TopicIdPartition Partition, Uuid Directory)> _queue = new();
    private long _epoch = -1;

    /// <param name="mailbox">The mailbox that all calls come on.</param>
    public DirectoryAssignments(IControllerChannel controller, IMailbox mailbox, BrokerId self)
    {
        _controller = controller;
        _mailbox = mailbox;
        _self = self;
        _timer = new SendTimer(this);
    }

    /// <summary>
    /// The broker is registered under this epoch, with the directories of this life; before that nothing is told.
    /// </summary>
    public void OnRegistered(long epoch)
    {
        _epoch = epoch;
        SendSoon(Gathering);
    }

    public void Add(TopicIdPartition partition, Uuid directory)
    {
        _queue.Enqueue((partition, directory));
        SendSoon(Gathering);
    }

    private void SendSoon(TimeSpan delay)
    {
        if (_inFlight.Count == 0 && _queue.Count > 0 && _epoch >= 0)
        {
            _mailbox.Arm(_timer, delay);
        }
    }

    private void Send()
    {
        AssignReplicasToDirsRequest request = new() { BrokerId = _self.Value, BrokerEpoch = _epoch };
        SortedDictionary<(Uuid Directory, Uuid Topic), AssignReplicasToDirsRequest.TopicData> topics = [];
        while (_inFlight.Count < AssignmentsPerRequestMax && _queue.TryDequeue(out var next))
        {
            _inFlight.Add(next);
            if (!topics.TryGetValue((next.Directory, next.Partition.TopicId), out var topic))
            {
                topic = new() { TopicId = next.Partition.TopicId };
                topics.Add((next.Directory, next.Partition.TopicId), topic);
            }

            topic.Partitions.Add(new() { PartitionIndex = next.Partition.Partition });
        }

        foreach (((Uuid directory, Uuid _), AssignReplicasToDirsRequest.TopicData topic) in topics)
        {
            if (request.Directories.Count == 0 || request.Directories[^1].Id != directory)
            {
                request.Directories.Add(new() { Id = directory });
            }

            request.Directories[^1].Topics.Add(topic);
        }

        AssignReplicasToDirsCommand command = new(request);
        _controller.Submit(command, new Answered(this, command), _mailbox);
    }

    private void OnAnswer(AssignReplicasToDirsResponse response)
    {
        // A partition that is refused by itself is deleted, or was moved away: the metadata will say so here too.
        bool isDone = response.ErrorCode is 0 or (short)ErrorCode.UnsupportedVersion;
        if (!isDone)
        {
            // In the order in which they came: of two that concern one partition the later one counts.
            _queue = new([.. _inFlight, .. _queue]);
        }

        _inFlight.Clear();
        SendSoon(isDone ? Gathering : RetryInterval);
    }

    private sealed class SendTimer(DirectoryAssignments owner) : TimerItem
    {
        public override void Fire() => owner.Send();
    }

    private sealed class Answered(DirectoryAssignments owner, AssignReplicasToDirsCommand command) : WorkItem
    {
        public override void Run() => owner.OnAnswer(command.Response);
    }
}
