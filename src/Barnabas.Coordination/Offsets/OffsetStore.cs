using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>The committed offsets of one partition's groups, as timeline state.</summary>
internal sealed class OffsetStore(SnapshotRegistry registry, GroupCounters counters)
{
    // Group, then topic, then partition: groups are asked as a whole and expire as a whole.
    private readonly TimelineDictionary<string, TimelineDictionary<string, TimelineDictionary<int, CommittedOffset>>>
        _byGroup = new(registry, StringComparer.Ordinal);

    /// <summary>How many offsets there are, committed or about to be.</summary>
    public int Count { get; private set; }

    public bool HasAny(string groupId) => _byGroup.ContainsKey(groupId);

    public CommittedOffset? Find(string groupId, string topic, int partition, long epoch = SnapshotRegistry.Latest) =>
        _byGroup.TryGetValue(groupId, out var topics, epoch)
        && topics.TryGetValue(topic, out var partitions, epoch)
        && partitions.TryGetValue(partition, out CommittedOffset committed, epoch)
            ? committed
            : null;

    public void Put(string groupId, string topic, int partition, in CommittedOffset committed)
    {
        if (!_byGroup.TryGetValue(groupId, out var topics))
        {
            topics = new(registry, StringComparer.Ordinal);
            _byGroup.Set(groupId, topics);
        }

        if (!topics.TryGetValue(topic, out var partitions))
        {
            partitions = new(registry);
            topics.Set(topic, partitions);
        }

        if (partitions.Set(partition, committed))
        {
            Count++;
            counters.CountOffset(1);
        }
    }

    public void Remove(string groupId, string topic, int partition)
    {
        if (!_byGroup.TryGetValue(groupId, out var topics)
            || !topics.TryGetValue(topic, out var partitions)
            || !partitions.Remove(partition))
        {
            return;
        }

        Count--;
        counters.CountOffset(-1);
        if (partitions.Count == 0)
        {
            topics.Remove(topic);
        }

        if (topics.Count == 0)
        {
            _byGroup.Remove(groupId);
        }
    }

    /// <summary>The group's topics with its partitions, both in ascending order.</summary>
    public List<TopicOffsets> OfGroup(string groupId, long epoch = SnapshotRegistry.Latest)
    {
        var sorted = new List<TopicOffsets>();
        if (_byGroup.TryGetValue(groupId, out var topics, epoch))
        {
            foreach ((string topic, var partitions) in topics.Entries(epoch))
            {
                var offsets = new List<KeyValuePair<int, CommittedOffset>>(partitions.Entries(epoch));
                offsets.Sort(static (left, right) => left.Key.CompareTo(right.Key));
                sorted.Add(new TopicOffsets(topic, offsets));
            }
        }

        sorted.Sort(static (left, right) => string.CompareOrdinal(left.Topic, right.Topic));
        return sorted;
    }

    /// <summary>The groups that have offsets, in ascending order.</summary>
    public List<string> Groups()
    {
        var groups = new List<string>(_byGroup.Count);
        foreach ((string groupId, _) in _byGroup.Entries())
        {
            groups.Add(groupId);
        }

        groups.Sort(string.CompareOrdinal);
        return groups;
    }
}
