using System.Diagnostics.CodeAnalysis;

namespace Barnabas.Kernel;

/// <summary>
/// A dictionary that can be read as of any snapshot of its registry and is brought back by
/// <see cref="SnapshotRegistry.RevertTo"/>. Values must not be changed in place if old snapshots are to see the old
/// state. Not thread-safe. Enumerating goes in no promised order: sort whatever leaves the node.
/// </summary>
public sealed class TimelineDictionary<TKey, TValue>
    where TKey : notnull
{
    private readonly TimelineVersionPool<TValue> _versions;
    private readonly Dictionary<TKey, Cell> _cells;

    public TimelineDictionary(SnapshotRegistry registry, IEqualityComparer<TKey>? comparer = null)
    {
        _versions = registry.Versions<TValue>();
        _cells = new Dictionary<TKey, Cell>(comparer);
    }

    /// <summary>How many keys the latest state has.</summary>
    public int Count { get; private set; }

    public bool ContainsKey(TKey key, long epoch = SnapshotRegistry.Latest) => TryGetValue(key, out _, epoch);

    /// <summary>Reads the latest state, or the state a snapshot saw. That snapshot must exist.</summary>
    public bool TryGetValue(
        TKey key, [MaybeNullWhen(false)] out TValue value, long epoch = SnapshotRegistry.Latest)
    {
        if (_cells.TryGetValue(key, out Cell? cell))
        {
            return cell.TryRead(epoch, out value);
        }

        value = default;
        return false;
    }

    /// <summary>Reads the latest state by another form of the key, such as a span for a string.</summary>
    public bool TryGetLatest<TAlternate>(TAlternate key, [MaybeNullWhen(false)] out TValue value)
        where TAlternate : notnull, allows ref struct
    {
        if (_cells.GetAlternateLookup<TAlternate>().TryGetValue(key, out Cell? cell))
        {
            return cell.TryRead(SnapshotRegistry.Latest, out value);
        }

        value = default;
        return false;
    }

    /// <summary>True if the key is new.</summary>
    public bool Set(TKey key, TValue value)
    {
        if (!_cells.TryGetValue(key, out Cell? cell))
        {
            cell = new Cell(this, key);
            _cells.Add(key, cell);
        }

        bool added = !cell.IsPresent;
        cell.Write(present: true, value);
        return added;
    }

    public bool Remove(TKey key)
    {
        if (!_cells.TryGetValue(key, out Cell? cell) || !cell.IsPresent)
        {
            return false;
        }

        cell.Write(present: false, default!);
        return true;
    }

    /// <summary>The pairs of the latest state, or of a snapshot. The dictionary must not change meanwhile.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> Entries(long epoch = SnapshotRegistry.Latest)
    {
        foreach ((TKey key, Cell cell) in _cells)
        {
            if (cell.TryRead(epoch, out TValue value))
            {
                yield return new KeyValuePair<TKey, TValue>(key, value);
            }
        }
    }

    private sealed class Cell(TimelineDictionary<TKey, TValue> owner, TKey key)
        : TimelineVersions<TValue>(owner._versions)
    {
        protected override void Changed(bool wasPresent) =>
            owner.Count += (IsPresent ? 1 : 0) - (wasPresent ? 1 : 0);

        protected override void Forgotten() => owner._cells.Remove(key);
    }
}
