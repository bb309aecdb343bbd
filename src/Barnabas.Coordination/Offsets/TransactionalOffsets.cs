using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// Offsets that were committed within transactions (KIP-98) and wait for the end of theirs. They come from the log of a
/// broker that serves transactions; here they are only brought to their end, so that no committed offset is lost.
/// </summary>
internal sealed class TransactionalOffsets(OffsetStore offsets)
{
    private readonly Dictionary<long, List<Pending>> _byProducer = [];

    public int Count { get; private set; }

    public void Add(Offset recordOffset, long producerId, OffsetCommitKey key, OffsetCommitValue? value)
    {
        if (value is null)
        {
            return;
        }

        if (!_byProducer.TryGetValue(producerId, out List<Pending>? pending))
        {
            pending = [];
            _byProducer.Add(producerId, pending);
        }

        pending.Add(new Pending(key, CommittedOffset.From(recordOffset, value)));
        Count++;
    }

    /// <summary>
    /// Hands over what the transaction committed, or forgets it. Returns the groups that have offsets now.
    /// </summary>
    public IReadOnlyList<string> End(long producerId, bool committed)
    {
        if (!_byProducer.Remove(producerId, out List<Pending>? pending))
        {
            return [];
        }

        Count -= pending.Count;
        var groups = new List<string>();
        foreach (Pending offset in pending)
        {
            OffsetCommitKey key = offset.Key;
            CommittedOffset? present = offsets.Find(key.Group, key.Topic, key.Partition);
            // A plain commit may stand behind it in the log. Compaction keeps the order of records, not of markers, so
            // the record's place decides.
            if (committed && (present is not { } before || offset.Committed.RecordOffset > before.RecordOffset))
            {
                offsets.Put(key.Group, key.Topic, key.Partition, offset.Committed);
                groups.Add(key.Group);
            }
        }

        return groups;
    }

    /// <summary>A tombstone takes pending offsets of its key with it.</summary>
    public void Forget(string groupId, string topic, int partition)
    {
        foreach (List<Pending> pending in _byProducer.Values)
        {
            Count -= pending.RemoveAll(offset => offset.IsOf(groupId, topic, partition));
        }
    }

    /// <summary>True if a transaction may still change what is committed.</summary>
    public bool IsPending(string groupId, string topic, int partition)
    {
        foreach (List<Pending> pending in _byProducer.Values)
        {
            foreach (Pending offset in pending)
            {
                if (offset.IsOf(groupId, topic, partition))
                {
                    return true;
                }
            }
        }

        return false;
    }

    public bool HasPending(string groupId)
    {
        foreach (List<Pending> pending in _byProducer.Values)
        {
            foreach (Pending offset in pending)
            {
                if (offset.Key.Group == groupId)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private readonly record struct Pending(OffsetCommitKey Key, CommittedOffset Committed)
    {
        public bool IsOf(string groupId, string topic, int partition) =>
            Key.Group == groupId && Key.Topic == topic && Key.Partition == partition;
    }
}
