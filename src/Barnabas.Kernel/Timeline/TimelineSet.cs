namespace Barnabas.Kernel;

/// <summary>
/// A set that can be read as of any snapshot of its registry. See <see cref="TimelineDictionary{TKey,TValue}"/>.
/// </summary>
public sealed class TimelineSet<T>(SnapshotRegistry registry, IEqualityComparer<T>? comparer = null)
    where T : notnull
{
    private readonly TimelineDictionary<T, bool> _items = new(registry, comparer);

    /// <summary>How many items the latest state has.</summary>
    public int Count => _items.Count;

    public bool Contains(T item, long epoch = SnapshotRegistry.Latest) => _items.ContainsKey(item, epoch);

    /// <summary>True if the item is new.</summary>
    public bool Add(T item) => !_items.ContainsKey(item) && _items.Set(item, true);

    public bool Remove(T item) => _items.Remove(item);

    /// <summary>The items of the latest state, or of a snapshot. The set must not change meanwhile.</summary>
    public IEnumerable<T> Items(long epoch = SnapshotRegistry.Latest)
    {
        foreach ((T item, _) in _items.Entries(epoch))
        {
            yield return item;
        }
    }
}
