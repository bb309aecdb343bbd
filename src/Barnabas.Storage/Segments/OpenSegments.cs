namespace Barnabas.Storage;

/// <summary>
/// The segments of a node whose files are open. Partitions may be many more than a process may have files, so who opens
/// one too many closes one that was not used of late. From any thread.
/// </summary>
/// <remarks>
/// A segment that was used since it was last looked at gets a second chance: using one costs no lock and no list. Lock
/// order: a segment's own, then this one.
/// </remarks>
/// <param name="max">Files that readers hold beyond that stay open until they give them back.</param>
public sealed class OpenSegments(int max)
{
    // In the worst case all were used of late: then one of them has to go all the same.
    private const int LooksMax = 64;

    private readonly Lock _lock = new();
    private readonly LinkedList<Segment> _segments = [];

    /// <summary>How many there are; for metrics.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _segments.Count;
            }
        }
    }

    internal void Add(LinkedListNode<Segment> segment)
    {
        lock (_lock)
        {
            _segments.AddLast(segment);
        }
    }

    internal void Remove(LinkedListNode<Segment> segment)
    {
        lock (_lock)
        {
            _segments.Remove(segment);
        }
    }

    /// <summary>Not within the lock of a segment.</summary>
    internal void CloseSurplus()
    {
        while (Oldest(max) is { } segment)
        {
            segment.ReleaseFile();
        }
    }

    /// <summary>The process has no descriptor left. False if there is nothing to close.</summary>
    internal bool TryCloseOne()
    {
        Segment? segment = Oldest(0);
        segment?.ReleaseFile();
        return segment is not null;
    }

    private Segment? Oldest(int beyond)
    {
        lock (_lock)
        {
            if (_segments.Count <= beyond)
            {
                return null;
            }

            for (int looks = 0; looks < LooksMax && _segments.First!.Value.TakeUse(); looks++)
            {
                LinkedListNode<Segment> used = _segments.First;
                _segments.RemoveFirst();
                _segments.AddLast(used);
            }

            return _segments.First!.Value;
        }
    }
}
