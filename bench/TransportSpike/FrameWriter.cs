using System.Buffers.Binary;

namespace Barnabas.TransportSpike;

/// <summary>Writes one response behind four bytes for its length.</summary>
internal ref struct FrameWriter(Span<byte> target)
{
    private readonly Span<byte> _target = target;

    public int Count { get; private set; }

    public void Int8(byte value) => _target[Count++] = value;

    public void Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_target[Count..], value);
        Count += 2;
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_target[Count..], value);
        Count += 4;
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_target[Count..], value);
        Count += 8;
    }

    public void Text(ReadOnlySpan<byte> value)
    {
        Int16((short)value.Length);
        value.CopyTo(_target[Count..]);
        Count += value.Length;
    }
}
