using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// A reply on its way through a shard, where it may be parked, answered by a timer, a commit or the end of leadership.
/// Asserts that it is answered at most once; whoever holds one and lets it go must have answered it.
/// </summary>
internal sealed class ReplyOnce<TResponse>(IReplyTo<TResponse> receiver, short apiVersion)
{
    public short ApiVersion { get; } = apiVersion;

    public bool IsAnswered { get; private set; }

    public void Answer(TResponse response)
    {
        Invariant.That(!IsAnswered);
        IsAnswered = true;
        receiver.Reply(response);
    }
}
