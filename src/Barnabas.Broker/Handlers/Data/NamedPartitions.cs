using Barnabas.Replication;

namespace Barnabas.Broker;

/// <summary>
/// Finds partitions that one request names more than once: Apache Kafka keeps the last. One for a reactor, emptied
/// after each use.
/// </summary>
internal sealed class NamedPartitions
{
    /// <summary>Room for so many is kept; one large request must not stay in memory.</summary>
    private const int KeptMax = 1024;

    private HashSet<Partition> _seen = [];

    /// <summary>Moves what remains to the front, in its order, clears the rest and gives the number.</summary>
    public int KeepLastOfEach<TItem>(Span<TItem> items)
        where TItem : struct, INamesPartition
    {
        int first = items.Length;
        for (int i = items.Length - 1; i >= 0; i--)
        {
            if ((items[i].NamedPartition is not { } partition || _seen.Add(partition)) && --first != i)
            {
                items[first] = items[i];
            }
        }

        if (_seen.Count > KeptMax)
        {
            _seen = [];
        }
        else
        {
            _seen.Clear();
        }

        items[first..].CopyTo(items);
        items[^first..].Clear();
        return items.Length - first;
    }
}
