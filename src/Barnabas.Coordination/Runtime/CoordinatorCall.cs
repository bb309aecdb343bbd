using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// One request to a shard, on its way to the coordinator's mailbox. Answers exactly once, by <see cref="Ask"/> and what
/// it returns or by <see cref="Refuse"/>.
/// </summary>
internal abstract class CoordinatorCall<TShard>(int partition) : WorkItem
    where TShard : class, ICoordinatorShard
{
    internal CoordinatorDriver<TShard>? Driver { get; set; }

    /// <summary>The partition of the coordinator's topic that holds what the request is about.</summary>
    public int Partition { get; protected set; } = partition;

    /// <summary>
    /// Asks the shard.
    /// </summary>
    /// <param name="committed">Reads as of this epoch of the shard's registry see only what is committed.</param>
    public abstract CoordinatorResult Ask(TShard shard, CoordinatorTime now, long committed);

    /// <summary>What is wrong with the request whoever is asked.</summary>
    public virtual ErrorCode Check() => ErrorCode.None;

    /// <summary>Answers that no shard can be asked.</summary>
    public abstract void Refuse(ErrorCode error);

    public sealed override void Run() => Driver!.Execute(this);
}
