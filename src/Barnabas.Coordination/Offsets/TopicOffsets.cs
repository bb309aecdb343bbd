namespace Barnabas.Coordination;

/// <summary>What a group has committed for a topic, by partition.</summary>
internal readonly record struct TopicOffsets(string Topic, List<KeyValuePair<int, CommittedOffset>> Partitions);
