namespace Barnabas.Kernel;

/// <summary>
/// The snapshots of a family of timeline collections. A snapshot is named by an epoch (for a coordinator: an offset of
/// its log); reading as of a snapshot sees what was there when it was taken, reverting to it forgets everything later.
/// Taking one costs nothing: a collection keeps an old version of a value only when it is changed after a snapshot.
/// Not thread-safe: a registry and its collections belong to one mailbox.
/// </summary>
/// <remarks>
/// A version carries the epoch of the newest snapshot at the time it was written, its stamp. Snapshot <c>e</c> sees a
/// version if and only if <c>stamp &lt; e</c>, and of those the newest.
/// </remarks>
public sealed class SnapshotRegistry
{
    // Ascending by epoch. A coordinator holds as many snapshots as it has uncommitted batches: a handful.
    private readonly List<Snapshot> _snapshots = [];

    // Forgotten ones to be used again: a coordinator takes one with each batch.
    private readonly Stack<Snapshot> _free = new();

    private readonly Dictionary<Type, object> _versions = [];

    // The highest epoch ever forgotten: stamps up to it may still be about, so no snapshot may take such an epoch
    // again.
    private long _forgotten = NoSnapshot;

    private const int FreeMax = 16;

    // A snapshot that saw more change, such as a load, is not kept.
    private const int FreeTouchedMax = 1024;

    /// <summary>Reads as of this epoch see the latest state.</summary>
    public const long Latest = long.MaxValue;

    /// <summary>The stamp of what is written before the first snapshot.</summary>
    internal const long NoSnapshot = long.MinValue;

    public int Count => _snapshots.Count;

    /// <summary>The stamp of what is written now.</summary>
    internal long Stamp => _snapshots.Count == 0 ? NoSnapshot : _snapshots[^1].Epoch;

    public bool Has(long epoch) => Find(epoch) >= 0;

    /// <summary>The newest snapshot not above this epoch. There must be one.</summary>
    public long NewestUpTo(long epoch)
    {
        int i = _snapshots.Count - 1;
        while (i >= 0 && _snapshots[i].Epoch > epoch)
        {
            i--;
        }

        Invariant.That(i >= 0);
        return _snapshots[i].Epoch;
    }

    /// <summary>
    /// Takes a snapshot of the present state under this epoch; harmless if the newest snapshot has the same epoch and
    /// nothing was written since. Epochs never go back.
    /// </summary>
    public void Take(long epoch)
    {
        Invariant.That(epoch > _forgotten && epoch < Latest);
        if (_snapshots.Count > 0)
        {
            Snapshot newest = _snapshots[^1];
            Invariant.That(epoch >= newest.Epoch);
            if (epoch == newest.Epoch)
            {
                Invariant.That(newest.Touched.Count == 0);
                return;
            }
        }

        Snapshot taken = _free.TryPop(out Snapshot? free) ? free : new Snapshot();
        taken.Epoch = epoch;
        _snapshots.Add(taken);
    }

    /// <summary>
    /// Brings every collection back to what the snapshot saw. The snapshot stays, later ones are gone.
    /// </summary>
    public void RevertTo(long epoch)
    {
        int index = Find(epoch);
        Invariant.That(index >= 0);
        for (int i = _snapshots.Count - 1; i >= index; i--)
        {
            foreach (TimelineCell cell in _snapshots[i].Touched)
            {
                cell.Revert(epoch);
            }
        }

        Remove(index + 1, _snapshots.Count - index - 1);
        _snapshots[index].Touched.Clear();
    }

    /// <summary>Forgets the snapshots below this epoch and the versions only they could see.</summary>
    public void ForgetBefore(long epoch)
    {
        int keep = 0;
        while (keep < _snapshots.Count && _snapshots[keep].Epoch < epoch)
        {
            keep++;
        }

        if (keep == 0)
        {
            return;
        }

        long oldest = keep < _snapshots.Count ? _snapshots[keep].Epoch : Latest;
        for (int i = 0; i < keep; i++)
        {
            foreach (TimelineCell cell in _snapshots[i].Touched)
            {
                cell.Prune(oldest);
            }
        }

        _forgotten = _snapshots[keep - 1].Epoch;
        Remove(0, keep);
    }

    /// <summary>The versions of all values of one type under this registry.</summary>
    internal TimelineVersionPool<T> Versions<T>()
    {
        if (_versions.TryGetValue(typeof(T), out object? found))
        {
            return (TimelineVersionPool<T>)found;
        }

        TimelineVersionPool<T> made = new(this);
        _versions.Add(typeof(T), made);
        return made;
    }

    /// <summary>Notes that a value was changed for the first time since the newest snapshot.</summary>
    internal void Touch(TimelineCell cell)
    {
        if (_snapshots.Count > 0)
        {
            _snapshots[^1].Touched.Add(cell);
        }
    }

    private int Find(long epoch)
    {
        // From the newest: reads and reverts name one of the last snapshots.
        for (int i = _snapshots.Count - 1; i >= 0; i--)
        {
            if (_snapshots[i].Epoch == epoch)
            {
                return i;
            }
        }

        return -1;
    }

    private void Remove(int first, int count)
    {
        for (int i = first; i < first + count && _free.Count < FreeMax; i++)
        {
            Snapshot removed = _snapshots[i];
            if (removed.Touched.Capacity <= FreeTouchedMax)
            {
                removed.Touched.Clear();
                _free.Push(removed);
            }
        }

        _snapshots.RemoveRange(first, count);
    }

    private sealed class Snapshot
    {
        public long Epoch { get; set; }

        public List<TimelineCell> Touched { get; } = [];
    }
}
