using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// Chooses partitions for records without a key (KIP-480, KIP-794): stays with one until a batch's worth of bytes went
/// there, then draws another, the more likely the shorter its queue. One per topic; a pure core.
/// </summary>
internal sealed class StickyPartitioner(int batchBytes, IEntropy entropy)
{
    private int _partition = -1;
    private int _partitionCount;
    private long _bytes;
    private long[] _cumulative = [];

    /// <summary>The partition in use; -1 before the first draw.</summary>
    public int Current => _partition;

    /// <summary>
    /// True if the next record may go to <see cref="Current"/>. Equality with the size moves on, so that a batch that
    /// was filled to the brim is not followed by its twin.
    /// </summary>
    public bool MayStay(int partitionCount) =>
        _partition >= 0 && _bytes < batchBytes && _partitionCount == partitionCount;

    /// <summary>Counts a record that goes to <see cref="Current"/>.</summary>
    public void Count(int bytes) => _bytes += bytes;

    /// <summary>
    /// Goes to another partition. <paramref name="available"/> are the partitions that have a leader,
    /// <paramref name="queues"/> how many batches wait for each of them; without queues the chances are equal.
    /// </summary>
    public void Switch(int partitionCount, ReadOnlySpan<int> available, ReadOnlySpan<int> queues)
    {
        _partition = Draw(partitionCount, available, queues);
        _partitionCount = partitionCount;
        _bytes = 0;
    }

    private int Draw(int partitionCount, ReadOnlySpan<int> available, ReadOnlySpan<int> queues)
    {
        if (available.IsEmpty)
        {
            // No leader anywhere: any partition will do, its batch waits for one.
            return (int)(entropy.NextUInt64() % (ulong)partitionCount);
        }

        if (queues.Length != available.Length)
        {
            return available[(int)(entropy.NextUInt64() % (ulong)available.Length)];
        }

        int longest = 0;
        foreach (int queue in queues)
        {
            longest = Math.Max(longest, queue);
        }

        if (_cumulative.Length != available.Length)
        {
            _cumulative = new long[available.Length];
        }

        // Weight = longest + 1 - own: the longest queue keeps one chance, an empty one has the most.
        long total = 0;
        for (int i = 0; i < queues.Length; i++)
        {
            total += longest + 1 - queues[i];
            _cumulative[i] = total;
        }

        long drawn = (long)(entropy.NextUInt64() % (ulong)total);
        int index = 0;
        while (_cumulative[index] <= drawn)
        {
            index++;
        }

        return available[index];
    }
}
