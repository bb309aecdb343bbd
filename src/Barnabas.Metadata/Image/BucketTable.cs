namespace Barnabas.Metadata;

/// <summary>
/// A persistent hash table of topics: an array of small sorted buckets. A change copies the outer array and the touched
/// buckets and nothing else.
/// </summary>
/// <remarks>
/// Bucket of a hash: its low bits. Invariant: buckets are a power of two, and Count &lt;= 8 * buckets, so a bucket
/// holds
/// few entries and a scan by hash is short.
/// </remarks>
internal sealed class BucketTable
{
    private const int EntriesPerBucket = 8;

    private readonly Entry[][] _buckets;

    private BucketTable(Entry[][] buckets, int count)
    {
        _buckets = buckets;
        Count = count;
    }

    public static BucketTable Empty { get; } = new([[]], 0);

    public int Count { get; }

    public IEnumerable<TopicImage> All
    {
        get
        {
            foreach (Entry[] bucket in _buckets)
            {
                foreach (Entry entry in bucket)
                {
                    yield return entry.Topic;
                }
            }
        }
    }

    /// <summary>The entries of a hash: neighbours in its bucket.</summary>
    public ReadOnlySpan<Entry> Bucket(uint hash)
    {
        Entry[] bucket = _buckets[hash & (uint)(_buckets.Length - 1)];
        int start = 0;
        while (start < bucket.Length && bucket[start].Hash < hash)
        {
            start++;
        }

        int end = start;
        while (end < bucket.Length && bucket[end].Hash == hash)
        {
            end++;
        }

        return bucket.AsSpan(start, end - start);
    }

    /// <summary>A topic with the hash it stands under.</summary>
    public readonly record struct Entry(uint Hash, TopicImage Topic);

    /// <summary>A table being changed: copies a bucket when it is touched first.</summary>
    public sealed class Builder(BucketTable table)
    {
        private readonly BucketTable _table = table;
        private readonly Dictionary<int, List<Entry>> _touched = [];
        private int _count = table.Count;

        public void Add(uint hash, TopicImage topic)
        {
            List<Entry> bucket = Touch(hash);
            int at = bucket.FindIndex(entry => Order(entry, hash, topic) > 0);
            bucket.Insert(at < 0 ? bucket.Count : at, new Entry(hash, topic));
            _count++;
        }

        public void Remove(uint hash, TopicImage topic)
        {
            int removed = Touch(hash).RemoveAll(entry => entry.Topic.Id == topic.Id);
            Kernel.Invariant.That(removed == 1);
            _count--;
        }

        public BucketTable ToTable()
        {
            if (_touched.Count == 0)
            {
                return _table;
            }

            var buckets = (Entry[][])_table._buckets.Clone();
            foreach ((int index, List<Entry> bucket) in _touched)
            {
                buckets[index] = [.. bucket];
            }

            return _count <= EntriesPerBucket * buckets.Length
                ? new BucketTable(buckets, _count)
                : new BucketTable(Spread(buckets), _count);
        }

        // Ties of the hash stand in the order of names, so that the table depends on its content and not on its
        // history.
        private static int Order(Entry entry, uint hash, TopicImage topic)
        {
            int byHash = entry.Hash.CompareTo(hash);
            return byHash != 0 ? byHash : string.CompareOrdinal(entry.Topic.Name, topic.Name);
        }

        private List<Entry> Touch(uint hash)
        {
            int index = (int)(hash & (uint)(_table._buckets.Length - 1));
            if (!_touched.TryGetValue(index, out List<Entry>? bucket))
            {
                bucket = [.. _table._buckets[index]];
                _touched[index] = bucket;
            }

            return bucket;
        }

        private Entry[][] Spread(Entry[][] old)
        {
            int length = old.Length;
            while (_count > EntriesPerBucket * length)
            {
                length *= 2;
            }

            // Twice as many once more, so that the next additions do not spread again.
            length *= 2;
            var lists = new List<Entry>[length];
            for (int index = 0; index < length; index++)
            {
                lists[index] = [];
            }

            foreach (Entry[] bucket in old)
            {
                foreach (Entry entry in bucket)
                {
                    lists[entry.Hash & (uint)(length - 1)].Add(entry);
                }
            }

            var buckets = new Entry[length][];
            for (int index = 0; index < length; index++)
            {
                // Entries of one new bucket come from one old bucket, in its order: still sorted.
                buckets[index] = [.. lists[index]];
            }

            return buckets;
        }
    }
}
