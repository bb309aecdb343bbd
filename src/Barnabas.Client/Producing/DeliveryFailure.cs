using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>Records of one partition that nobody awaits and that were not delivered.</summary>
/// <param name="Partition">Where they should have gone.</param>
/// <param name="RecordCount">How many they were.</param>
/// <param name="Error">Why; see <see cref="KafkaProducer"/> for what an error says about delivery.</param>
public readonly record struct DeliveryFailure(TopicPartition Partition, int RecordCount, KafkaException Error);
