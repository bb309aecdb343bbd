using System.Collections;

namespace Barnabas.Coordination;

/// <summary>
/// The records of one commit. They are appended and replayed before the next commit is decided, so that they, their
/// keys and their values are used again for it.
/// </summary>
internal sealed class OffsetRecords : IReadOnlyList<CoordinatorRecord>
{
    /// <summary>One commit of very many partitions must not stay in memory.</summary>
    private const int KeptMax = 1024;

    private readonly List<CoordinatorRecord> _records = [];

    public int Count { get; private set; }

    public CoordinatorRecord this[int index] => _records[index];

    public void Clear()
    {
        Count = 0;
        if (_records.Count > KeptMax)
        {
            _records.Clear();
        }
    }

    public void Add(string groupId, string topic, int partition, in CommittedOffset committed)
    {
        if (Count == _records.Count)
        {
            _records.Add(GroupRecords.Offset(groupId, topic, partition, committed));
        }
        else if (!GroupRecords.TryRewrite(_records[Count], groupId, topic, partition, committed))
        {
            _records[Count] = GroupRecords.Offset(groupId, topic, partition, committed);
        }

        Count++;
    }

    public IEnumerator<CoordinatorRecord> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return _records[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
