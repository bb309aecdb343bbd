using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>A request about one group, and its only answer.</summary>
internal abstract class GroupCall<TResponse>(
    int partition, string groupId, in RequestContext context, IReplyTo<TResponse> receiver)
    : CoordinatorCall<GroupShard>(partition), ICoordinatorCompletion
    where TResponse : class
{
    public RequestContext Context { get; } = context;

    protected string GroupId { get; } = groupId;

    protected ReplyOnce<TResponse> Reply { get; } = new(receiver, context.ApiVersion);

    /// <summary>What is answered once everything it rests on is committed.</summary>
    protected TResponse? Response { get; set; }

    public override ErrorCode Check() => GroupId.Length == 0 ? ErrorCode.InvalidGroupId : ErrorCode.None;

    public sealed override void Refuse(ErrorCode error)
    {
        // A shard that broke while it ran the request has answered what it had parked.
        if (!Reply.IsAnswered)
        {
            Reply.Answer(Refusal(error));
        }
    }

    public void Complete(ErrorCode error, CoordinatorTime now)
    {
        Invariant.That(Response is not null);
        Reply.Answer(error == ErrorCode.None ? Response : Refusal(error));
    }

    protected abstract TResponse Refusal(ErrorCode error);
}
