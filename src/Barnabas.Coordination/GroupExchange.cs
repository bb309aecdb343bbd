using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// A request about a group and its reply, of a kind that every member sends again and again: one object serves one
/// request after the other and makes nothing anew for any of them.
/// </summary>
/// <remarks>
/// Its owner reads a request into it and hands it to <see cref="GroupCoordinator.Submit"/>. It is the coordinator's
/// from then on until the reply is told, and the owner's again to write that reply and to begin anew.
/// </remarks>
public abstract class GroupExchange
{
    private readonly Call _call;
    private IReplyTo<ErrorCode>? _replyTo;

    private protected GroupExchange()
    {
        _call = new Call(this);
    }

    internal MemberClaim Claim { get; } = new();

    private protected short ApiVersion { get; private set; }

    private protected ICoordinatorTopics Topics { get; private set; } = null!;

    /// <summary>
    /// Reads a request whose body begins at <paramref name="bodyStart"/>; the frame is not needed afterwards. False if
    /// the body is malformed.
    /// </summary>
    public bool TryRead(ReadOnlySpan<byte> frame, int bodyStart, short version)
    {
        ApiVersion = version;
        return TryRead(frame, bodyStart);
    }

    /// <summary>Writes the reply, in the version of the request.</summary>
    /// <param name="error">As the coordinator has told it.</param>
    public abstract void WriteReply(ReplyBuffer buffer, ErrorCode error);

    /// <summary>Lets go of memory that an unusual request took.</summary>
    public virtual void Trim() => Claim.Trim();

    internal CoordinatorCall<GroupShard> Begin(
        int partition, ICoordinatorTopics topics, IReplyTo<ErrorCode> replyTo)
    {
        Invariant.That(_replyTo is null);
        _replyTo = replyTo;
        Topics = topics;
        _call.MoveTo(partition);
        return _call;
    }

    private protected abstract bool TryRead(ReadOnlySpan<byte> frame, int bodyStart);

    private protected abstract ErrorCode Check();

    private protected abstract CoordinatorResult Ask(
        GroupShard shard, ICoordinatorCompletion completion, CoordinatorTime now);

    /// <summary>The answer once the fate of what was written, and of what it rests on, is known.</summary>
    private protected abstract ErrorCode Conclude(ErrorCode fate);

    /// <summary>The answer when no shard could be asked.</summary>
    private protected abstract ErrorCode Refuse(ErrorCode error);

    /// <summary>Tells the owner, whose this object is from then on.</summary>
    private protected void Answer(ErrorCode error)
    {
        IReplyTo<ErrorCode>? replyTo = _replyTo;
        Invariant.That(replyTo is not null);
        _replyTo = null;
        replyTo.Reply(error);
    }

    private sealed class Call(GroupExchange exchange)
        : CoordinatorCall<GroupShard>(partition: 0), ICoordinatorCompletion
    {
        public void MoveTo(int partition) => Partition = partition;

        public override ErrorCode Check() => exchange.Check();

        public override CoordinatorResult Ask(GroupShard shard, CoordinatorTime now, long committed) =>
            exchange.Ask(shard, this, now);

        public override void Refuse(ErrorCode error) => exchange.Answer(exchange.Refuse(error));

        public void Complete(ErrorCode error, CoordinatorTime now) => exchange.Answer(exchange.Conclude(error));
    }
}
