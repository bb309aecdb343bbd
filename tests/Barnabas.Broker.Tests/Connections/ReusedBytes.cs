namespace Barnabas.Broker.Tests;

/// <summary>Bytes that arrive from one array, again and again, without allocating.</summary>
internal sealed class ReusedBytes
{
    private byte[] _bytes = [];
    private int _taken;

    public void Set(byte[] bytes)
    {
        _bytes = bytes;
        _taken = 0;
    }

    public int Take(Span<byte> destination)
    {
        int count = Math.Min(_bytes.Length - _taken, destination.Length);
        _bytes.AsSpan(_taken, count).CopyTo(destination);
        _taken += count;
        return count;
    }
}
