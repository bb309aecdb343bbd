using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// One request from its arrival to its reply. A handler answers it at once, or parks it and answers later; it is
/// answered exactly once or its connection is closed (I-47). Replies leave in the order of the requests, whatever the
/// order of the answers. Belongs to the reactor of its connection; only <see cref="ReplyFromAnywhere"/> may be called
/// elsewhere.
/// </summary>
/// <remarks>
/// Pooled per reactor. It goes back to the pool when it has been answered and its turn has come, so a holder that has
/// not answered yet may keep it even after the connection was closed.
/// </remarks>
internal sealed class Request(ReactorWorkspace workspace) : WorkItem, IReplyTo<IApiMessage>
{
    private OutputBuffer? _target;
    private IApiMessage? _response;

    public ReactorWorkspace Workspace { get; } = workspace;

    public Connection Connection { get; private set; } = null!;

    public ApiKeyFacts Api { get; private set; } = null!;

    public short Version { get; private set; }

    public int CorrelationId { get; private set; }

    /// <summary>The client's name for itself; null if it gave none.</summary>
    public string? ClientId { get; private set; }

    /// <summary>Bytes of the frame without its length prefix.</summary>
    public int FrameBytes { get; private set; }

    public MonotonicTime ReceivedAt { get; private set; }

    /// <summary>
    /// What waits for this request's answer and must be told when the connection closes; null if nothing.
    /// </summary>
    public IParkedRequest? Parked { get; set; }

    /// <summary>The next request of the same connection.</summary>
    public Request? NextInOrder { get; set; }

    public bool IsAnswered { get; private set; }

    /// <summary>
    /// The reply, while requests before it are still unanswered; null if it was written straight to the output.
    /// </summary>
    public OutputBuffer? HeldReply { get; private set; }

    public void Open(
        Connection connection,
        scoped in RequestFrame frame,
        int frameBytes,
        string? clientId,
        MonotonicTime now)
    {
        Connection = connection;
        Api = frame.Api;
        Version = frame.Version;
        CorrelationId = frame.CorrelationId;
        FrameBytes = frameBytes;
        ClientId = clientId;
        ReceivedAt = now;
        IsAnswered = false;
    }

    /// <summary>Starts a reply: length, correlation id and, where the version has one, the empty tag section.</summary>
    public OutputBuffer BeginReply()
    {
        Invariant.That(!IsAnswered);
        if (Connection.IsOldest(this))
        {
            _target = Connection.Output();
        }
        else
        {
            HeldReply = Workspace.RentOutput();
            _target = HeldReply;
        }

        _target.BeginFrame(CorrelationId, Api.ResponseHeaderVersion(Version));
        return _target;
    }

    /// <summary>Ends the reply that <see cref="BeginReply"/> started.</summary>
    public void EndReply()
    {
        Connection.OnReplyWritten(_target!.EndFrame());
        _target = null;
        Finish();
    }

    /// <summary>Answers with a message.</summary>
    public void Reply(IApiMessage response) => ReplyAs(response, Version);

    /// <summary>Answers in another version than was asked: only ApiVersions has reason to.</summary>
    public void ReplyAs(IApiMessage response, short version)
    {
        if (Connection.IsClosed)
        {
            Finish();
            return;
        }

        OutputBuffer output = BeginReply();
        output.Bytes.Append(response, version);
        EndReply();
    }

    /// <summary>Answers from any thread: the reply is encoded on the connection's reactor.</summary>
    public void ReplyFromAnywhere(IApiMessage response)
    {
        _response = response;
        Connection.Reactor.Post(this);
    }

    /// <summary>Ends a request that by its nature has no reply (Produce with acks=0).</summary>
    public void EndWithoutReply() => Finish();

    void IReplyTo<IApiMessage>.Reply(IApiMessage response) => ReplyFromAnywhere(response);

    /// <summary>The second half of <see cref="ReplyFromAnywhere"/>.</summary>
    public override void Run()
    {
        IApiMessage response = _response!;
        _response = null;
        try
        {
            Reply(response);
        }
        catch
        {
            Lose();
            throw;
        }
    }

    /// <summary>
    /// The reply could not be written: it is lost, and with it the order of those behind it. Whose turn this is reports
    /// what it was.
    /// </summary>
    public void Lose()
    {
        Connection.Close();
        if (!IsAnswered)
        {
            Finish();
        }
    }

    /// <summary>Forgets everything, ready for the pool.</summary>
    public void Reset()
    {
        Connection = null!;
        ClientId = null;
        Parked = null;
        NextInOrder = null;
        HeldReply = null;
        _response = null;
        _target = null;
    }

    private void Finish()
    {
        IsAnswered = true;
        Parked = null;
        Connection.OnAnswered(this);
    }
}
