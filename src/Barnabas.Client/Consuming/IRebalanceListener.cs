using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// Is told when the group gives and takes partitions. Runs within <see cref="KafkaConsumer.PollAsync"/>: between two
/// polls the assignment never changes.
/// </summary>
public interface IRebalanceListener
{
    /// <summary>
    /// These partitions now belong to this consumer: all that it has in the eager protocol, those that are new in the
    /// cooperative one.
    /// </summary>
    ValueTask OnAssignedAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation);

    /// <summary>These partitions will go elsewhere; what is finished of them can still be committed.</summary>
    ValueTask OnRevokedAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation);

    /// <summary>These partitions may already belong to others: it is too late to commit.</summary>
    ValueTask OnLostAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation);
}
