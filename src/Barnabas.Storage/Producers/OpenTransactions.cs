using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The transactions that hold back read-committed consumers: the open ones, and those whose marker is not below the
/// high watermark yet. Keyed by their first offset. Few at a time: order beats lookup.
/// </summary>
internal sealed class OpenTransactions
{
    // First offset to producer id.
    private readonly SortedList<long, long> _open = [];

    // First offset to offset of the marker.
    private readonly SortedList<long, long> _ended = [];

    public Offset? FirstUnstableOffset
    {
        get
        {
            long first = Math.Min(
                _open.Count == 0 ? long.MaxValue : _open.GetKeyAtIndex(0),
                _ended.Count == 0 ? long.MaxValue : _ended.GetKeyAtIndex(0));
            return first == long.MaxValue ? null : new Offset(first);
        }
    }

    public OpenTransaction? Oldest =>
        _open.Count == 0 ? null : new OpenTransaction(_open.GetValueAtIndex(0), new Offset(_open.GetKeyAtIndex(0)));

    public void Begin(Offset firstOffset, long producerId) => _open[firstOffset.Value] = producerId;

    /// <summary>A marker was appended. Without an open transaction (first offset -1) it changes nothing.</summary>
    public void End(long firstOffset, Offset markerOffset)
    {
        if (_open.Remove(firstOffset))
        {
            _ended[firstOffset] = markerOffset.Value;
        }
    }

    public void Replicated(Offset highWatermark)
    {
        for (int i = _ended.Count - 1; i >= 0; i--)
        {
            if (_ended.GetValueAtIndex(i) < highWatermark.Value)
            {
                _ended.RemoveAt(i);
            }
        }
    }

    public void Clear()
    {
        _open.Clear();
        _ended.Clear();
    }
}
