using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The transactions that hold back read-committed consumers: the open ones, and those whose marker is not below the
/// high watermark yet. Keyed by their first offset.
/// </summary>
internal sealed class OpenTransactions
{
    // Value: offset of the marker, or long.MaxValue while the transaction is open. Few at a time: order beats lookup.
    private readonly SortedList<long, long> _byFirstOffset = [];

    public Offset? FirstUnstableOffset =>
        _byFirstOffset.Count == 0 ? null : new Offset(_byFirstOffset.GetKeyAtIndex(0));

    public void Begin(Offset firstOffset) => _byFirstOffset[firstOffset.Value] = long.MaxValue;

    /// <summary>A marker was appended. Without an open transaction (first offset -1) it changes nothing.</summary>
    public void End(long firstOffset, Offset markerOffset)
    {
        if (_byFirstOffset.ContainsKey(firstOffset))
        {
            _byFirstOffset[firstOffset] = markerOffset.Value;
        }
    }

    public void Replicated(Offset highWatermark)
    {
        for (int i = _byFirstOffset.Count - 1; i >= 0; i--)
        {
            if (_byFirstOffset.GetValueAtIndex(i) < highWatermark.Value)
            {
                _byFirstOffset.RemoveAt(i);
            }
        }
    }

    public void Clear() => _byFirstOffset.Clear();
}
