using System.Diagnostics.CodeAnalysis;
using System.Text;
using Barnabas.Kernel;

namespace Barnabas.Metadata;

/// <summary>
/// All topics at one moment, found by name, by the UTF-8 bytes of a name, or by id, without allocating. Immutable; a
/// changed copy shares all but the touched buckets.
/// </summary>
public sealed class TopicsImage
{
    private readonly BucketTable _byName;
    private readonly BucketTable _byId;

    private TopicsImage(BucketTable byName, BucketTable byId, int partitionCount)
    {
        _byName = byName;
        _byId = byId;
        PartitionCount = partitionCount;
    }

    public static TopicsImage Empty { get; } = new(BucketTable.Empty, BucketTable.Empty, 0);

    public int Count => _byName.Count;

    /// <summary>Partitions of all topics.</summary>
    public int PartitionCount { get; }

    /// <summary>All topics in an order that depends on nothing but their names.</summary>
    public IEnumerable<TopicImage> All => _byName.All;

    public bool TryGet(ReadOnlySpan<char> name, [NotNullWhen(true)] out TopicImage? topic)
    {
        foreach (BucketTable.Entry entry in _byName.Bucket(Hash(name)))
        {
            if (name.SequenceEqual(entry.Topic.Name))
            {
                topic = entry.Topic;
                return true;
            }
        }

        topic = null;
        return false;
    }

    /// <summary>Finds a topic by the bytes of its name as a request carries them.</summary>
    public bool TryGet(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out TopicImage? topic)
    {
        // Legal names are ASCII, so a character and its byte are the same number, in the hash and in the comparison.
        foreach (BucketTable.Entry entry in _byName.Bucket(Hash(utf8Name)))
        {
            if (Ascii.Equals(utf8Name, entry.Topic.Name))
            {
                topic = entry.Topic;
                return true;
            }
        }

        topic = null;
        return false;
    }

    public bool TryGet(Uuid id, [NotNullWhen(true)] out TopicImage? topic)
    {
        foreach (BucketTable.Entry entry in _byId.Bucket(Hash(id)))
        {
            if (entry.Topic.Id == id)
            {
                topic = entry.Topic;
                return true;
            }
        }

        topic = null;
        return false;
    }

    /// <summary>All topics, sorted by name. Allocates; for listings.</summary>
    public IReadOnlyList<TopicImage> SortedByName()
    {
        var topics = new List<TopicImage>(Count);
        topics.AddRange(All);
        topics.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        return topics;
    }

    internal TopicsImage With(IReadOnlyCollection<Uuid> removed, IReadOnlyCollection<TopicImage> changed)
    {
        var byName = new BucketTable.Builder(_byName);
        var byId = new BucketTable.Builder(_byId);
        int partitions = PartitionCount;
        foreach (Uuid id in removed)
        {
            Fault.If(!TryGet(id, out TopicImage? old), $"No topic has the id {id}.");
            byName.Remove(Hash(old.Name), old);
            byId.Remove(Hash(id), old);
            partitions -= old.PartitionCount;
        }

        foreach (TopicImage topic in changed)
        {
            if (TryGet(topic.Id, out TopicImage? old))
            {
                byName.Remove(Hash(old.Name), old);
                byId.Remove(Hash(topic.Id), old);
                partitions -= old.PartitionCount;
            }

            byName.Add(Hash(topic.Name), topic);
            byId.Add(Hash(topic.Id), topic);
            partitions += topic.PartitionCount;
        }

        return new TopicsImage(byName.ToTable(), byId.ToTable(), partitions);
    }

    // FNV-1a: not string.GetHashCode, which is seeded per process and would make the order of topics differ between
    // runs.
    private static uint Hash(ReadOnlySpan<char> name)
    {
        uint hash = 2166136261;
        foreach (char c in name)
        {
            hash = (hash ^ c) * 16777619;
        }

        return hash;
    }

    private static uint Hash(ReadOnlySpan<byte> name)
    {
        uint hash = 2166136261;
        foreach (byte b in name)
        {
            hash = (hash ^ b) * 16777619;
        }

        return hash;
    }

    private static uint Hash(Uuid id)
    {
        // Random ids need no mixing but for folding.
        ulong folded = (ulong)id.MostSignificant ^ ((ulong)id.LeastSignificant * 0x9E3779B97F4A7C15);
        return (uint)(folded ^ (folded >> 32));
    }
}
