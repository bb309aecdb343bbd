using System.Text;

using Barnabas.Kernel;

namespace Barnabas.Replication;

/// <summary>A topic as this broker serves it: its partitions by number.</summary>
public sealed class LocalTopic(string name, Uuid id)
{
    private volatile Partition?[] _partitions = [];
    private TopicCounters? _counters;

    public string Name { get; } = name;

    /// <summary>The name as it goes over the wire.</summary>
    public ReadOnlyMemory<byte> NameUtf8 { get; } = Encoding.UTF8.GetBytes(name);

    public Uuid Id { get; } = id;

    /// <summary>The highest partition number this broker knows of, plus one; there may be gaps.</summary>
    public int PartitionCount => _partitions.Length;

    /// <summary>Made with the first traffic: most topics of many have none.</summary>
    public TopicCounters Counters =>
        Volatile.Read(ref _counters) ?? Interlocked.CompareExchange(ref _counters, new(), null) ?? _counters!;

    /// <summary>Null if the topic had no traffic since this broker serves it.</summary>
    public TopicCounters? CountersIfAny => Volatile.Read(ref _counters);

    /// <summary>
    /// The partition, or null if the topic has none of that number or this broker holds no replica of it.
    /// </summary>
    public Partition? Find(int partition)
    {
        Partition?[] partitions = _partitions;
        return (uint)partition < (uint)partitions.Length ? partitions[partition] : null;
    }

    /// <summary>Only from the mailbox that applies metadata.</summary>
    internal void Put(Partition partition)
    {
        int number = partition.Id.Partition;
        partition.Topic = this;
        Partition?[] old = _partitions;
        if (number < old.Length)
        {
            Volatile.Write(ref old[number], partition);
            return;
        }

        // Grown by half at least: a topic of thousands of partitions is applied one partition at a time.
        Partition?[] grown = new Partition?[Math.Max(number + 1, old.Length + (old.Length / 2))];
        old.CopyTo(grown, 0);
        grown[number] = partition;
        _partitions = grown;
    }

    /// <summary>Only from the mailbox that applies metadata.</summary>
    internal void Clear(int number)
    {
        if (number < _partitions.Length)
        {
            Volatile.Write(ref _partitions[number], null);
        }
    }
}
