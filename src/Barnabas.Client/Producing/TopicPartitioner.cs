using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// Chooses the partition of a record that names none: by its key's hash, or sticking to one partition per topic without
/// a key. Guarded by the producer's lock.
/// </summary>
internal sealed class TopicPartitioner(ProducerOptions options, RecordAccumulator accumulator)
{
    private readonly Dictionary<string, StickyPartitioner> _sticky = new(StringComparer.Ordinal);
    private int[] _queues = [];

    public int Choose(TopicInfo topic, in PendingRecord record)
    {
        int count = topic.PartitionArray.Length;
        if (!record.Key.IsNull && !options.IgnoreKeys)
        {
            return Murmur2.Partition(record.Key.Span, count);
        }

        if (!_sticky.TryGetValue(topic.Name, out StickyPartitioner? sticky))
        {
            sticky = new StickyPartitioner(Math.Max(1, options.BatchBytes), options.Entropy);
            _sticky.Add(topic.Name, sticky);
        }

        bool leaderless = sticky.Current >= 0 && sticky.Current < count
            && topic.PartitionArray[sticky.Current].Leader < 0 && topic.Available.Length > 0;
        if (leaderless || !sticky.MayStay(count))
        {
            sticky.Switch(count, topic.Available, options.AdaptivePartitioning ? QueueLengths(topic) : []);
        }

        sticky.Count((int)Math.Min(record.BytesMax, int.MaxValue));
        return sticky.Current;
    }

    private ReadOnlySpan<int> QueueLengths(TopicInfo topic)
    {
        if (_queues.Length < topic.Available.Length)
        {
            _queues = new int[topic.Available.Length];
        }

        for (int i = 0; i < topic.Available.Length; i++)
        {
            _queues[i] = accumulator.QueueLength(new TopicPartition(topic.Name, topic.Available[i]));
        }

        return _queues.AsSpan(0, topic.Available.Length);
    }
}
