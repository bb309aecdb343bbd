using Barnabas.Coordination;
using Barnabas.Kernel;

namespace Barnabas.Broker;

/// <summary>
/// A request between its way to the coordinator and its reply. Pooled per reactor; <see cref="Reply"/> alone runs on
/// the coordinator's mailbox.
/// </summary>
internal sealed class GroupJob<TExchange>(GroupJobPool<TExchange> pool) : WorkItem, IReplyTo<ErrorCode>
    where TExchange : GroupExchange, new()
{
    private Request? _request;
    private ErrorCode _error;

    public TExchange Exchange { get; } = new();

    /// <summary>False if the request cannot be read; the job is free again then.</summary>
    public bool TryOpen(Request request, ReadOnlySpan<byte> frame, int bodyStart)
    {
        if (!Exchange.TryRead(frame, bodyStart, request.Version))
        {
            pool.Return(this);
            return false;
        }

        _request = request;
        return true;
    }

    public void Reply(ErrorCode error)
    {
        _error = error;
        _request!.Workspace.Reactor.Post(this);
    }

    public override void Run()
    {
        Request request = _request!;
        _request = null;
        try
        {
            Answer(request);
        }
        catch
        {
            request.Lose();
            throw;
        }
        finally
        {
            Exchange.Trim();
            pool.Return(this);
        }
    }

    private void Answer(Request request)
    {
        if (request.Connection.IsClosed)
        {
            request.EndWithoutReply();
            return;
        }

        OutputBuffer output = request.BeginReply();
        Exchange.WriteReply(output.Bytes, _error);
        request.EndReply();
    }
}
