using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>
/// One direction of a connection: bytes that have arrived and wait to be read, then bytes that are on their way.
/// Invariant: <c>0 &lt;= Arrived &lt;= Arrived + InFlight &lt;= Window</c>.
/// </summary>
internal sealed class SimulatedStream(int window)
{
    // Grows up to the window as bytes come: most connections of a short run carry little, and runs are many.
    private byte[] _ring = [];
    private int _start;

    public int Arrived { get; private set; }

    public int InFlight { get; private set; }

    public int Free => window - Arrived - InFlight;

    /// <summary>The sender will add nothing more.</summary>
    public bool Ended { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Invariant.That(bytes.Length <= Free && !Ended);
        Grow(Arrived + InFlight + bytes.Length);
        if (bytes.IsEmpty)
        {
            return;
        }

        int at = (_start + Arrived + InFlight) % _ring.Length;
        int first = Math.Min(bytes.Length, _ring.Length - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
        InFlight += bytes.Length;
    }

    public void Arrive(int count)
    {
        Invariant.That(count <= InFlight);
        InFlight -= count;
        Arrived += count;
    }

    public int Take(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, Arrived);
        int first = Math.Min(count, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(destination);
        _ring.AsSpan(0, count - first).CopyTo(destination[first..]);
        _start = count == 0 ? _start : (_start + count) % _ring.Length;
        Arrived -= count;
        return count;
    }

    public void End() => Ended = true;

    public void LoseInFlight() => InFlight = 0;

    private void Grow(int bytes)
    {
        if (bytes <= _ring.Length)
        {
            return;
        }

        byte[] larger = new byte[Math.Min(window, Math.Max(bytes, 2 * _ring.Length))];
        int held = Arrived + InFlight;
        int first = Math.Min(held, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(larger);
        _ring.AsSpan(0, held - first).CopyTo(larger.AsSpan(first));
        _ring = larger;
        _start = 0;
    }
}
