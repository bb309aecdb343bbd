using System.Buffers.Binary;

namespace Barnabas.TransportSpike;

/// <summary>Reads one request. It trusts the load generator, which a broker must not.</summary>
internal ref struct FrameReader(Span<byte> frame)
{
    private Span<byte> _rest = frame;

    public byte Int8() => Take(1)[0];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public Span<byte> Text() => Take(Math.Max((short)0, Int16()));

    public Span<byte> Bytes() => Take(Math.Max(0, Int32()));

    private Span<byte> Take(int count)
    {
        Span<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
