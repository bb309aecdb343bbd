using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

using Barnabas.Kernel;

namespace Barnabas.Replication;

/// <summary>
/// The partitions that this broker holds, by topic name and by topic id. Read from any thread without a lock; changed
/// only from the mailbox that applies metadata.
/// </summary>
public sealed class LocalTopics
{
    private readonly ConcurrentDictionary<string, LocalTopic> _byName;
    private readonly ConcurrentDictionary<string, LocalTopic>.AlternateLookup<ReadOnlySpan<byte>> _byUtf8Name;
    private readonly ConcurrentDictionary<Uuid, LocalTopic> _byId = new();

    public LocalTopics()
    {
        _byName = new ConcurrentDictionary<string, LocalTopic>(Utf8NameComparer.Instance);
        _byUtf8Name = _byName.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public bool TryFind(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out LocalTopic? topic) =>
        _byUtf8Name.TryGetValue(utf8Name, out topic);

    public bool TryFind(string name, [NotNullWhen(true)] out LocalTopic? topic) => _byName.TryGetValue(name, out topic);

    public bool TryFind(Uuid id, [NotNullWhen(true)] out LocalTopic? topic) => _byId.TryGetValue(id, out topic);

    public Partition? Find(TopicPartition partition) =>
        _byName.TryGetValue(partition.Topic, out LocalTopic? topic) ? topic.Find(partition.Partition) : null;

    /// <summary>Adds a partition, and its topic if it is the first.</summary>
    public void Put(Partition partition)
    {
        if (!_byId.TryGetValue(partition.TopicId, out LocalTopic? topic))
        {
            topic = new LocalTopic(partition.Id.Topic, partition.TopicId);
            _byId[partition.TopicId] = topic;
            // A topic deleted and made again under its name comes with a new id and takes the name over.
            _byName[topic.Name] = topic;
        }

        topic.Put(partition);
    }

    /// <summary>Takes a deleted topic out; its partitions, in order of number.</summary>
    public IReadOnlyList<Partition> Remove(Uuid id)
    {
        if (!_byId.TryRemove(id, out LocalTopic? topic))
        {
            return [];
        }

        _byName.TryRemove(KeyValuePair.Create(topic.Name, topic));
        List<Partition> removed = new(topic.PartitionCount);
        for (int number = 0; number < topic.PartitionCount; number++)
        {
            if (topic.Find(number) is { } partition)
            {
                removed.Add(partition);
            }
        }

        return removed;
    }

    /// <summary>Takes one partition out, because this broker no longer holds a replica of it.</summary>
    public void Remove(Partition partition)
    {
        if (_byId.TryGetValue(partition.TopicId, out LocalTopic? topic))
        {
            topic.Clear(partition.Id.Partition);
        }
    }

    /// <summary>All topics in order of name. A snapshot; for what concerns every partition.</summary>
    public IReadOnlyList<LocalTopic> All() =>
        [.. _byName.Values.OrderBy(static topic => topic.Name, StringComparer.Ordinal)];
}
