using System.Buffers.Binary;
using System.Text;
using Barnabas.Kernel;

namespace Barnabas.Protocol;

/// <summary>
/// Writes Kafka's primitives into a span of exactly the measured size. A writer made by <see cref="Measuring"/> has no
/// span and only counts: encoders run once against each, so that what was measured is what is written.
/// </summary>
public ref partial struct KafkaWriter
{
    private readonly Span<byte> _bytes;
    private readonly bool _measuring;
    private int _position;

    /// <summary>Writes from the start of <paramref name="bytes"/>; running over its end throws.</summary>
    public KafkaWriter(Span<byte> bytes) => _bytes = bytes;

    private KafkaWriter(bool measuring) => _measuring = measuring;

    /// <summary>Bytes written, or counted, so far.</summary>
    public readonly int Position => _position;

    /// <summary>A writer that counts and stores nothing.</summary>
    public static KafkaWriter Measuring() => new(measuring: true);

    public void WriteBoolean(bool value) => WriteInt8(value ? (sbyte)1 : (sbyte)0);

    public void WriteInt8(sbyte value)
    {
        if (!_measuring)
        {
            _bytes[_position] = (byte)value;
        }

        _position++;
    }

    public void WriteInt16(short value)
    {
        if (!_measuring)
        {
            BinaryPrimitives.WriteInt16BigEndian(_bytes[_position..], value);
        }

        _position += sizeof(short);
    }

    public void WriteUInt16(ushort value) => WriteInt16((short)value);

    public void WriteInt32(int value)
    {
        if (!_measuring)
        {
            BinaryPrimitives.WriteInt32BigEndian(_bytes[_position..], value);
        }

        _position += sizeof(int);
    }

    public void WriteUInt32(uint value) => WriteInt32((int)value);

    public void WriteInt64(long value)
    {
        if (!_measuring)
        {
            BinaryPrimitives.WriteInt64BigEndian(_bytes[_position..], value);
        }

        _position += sizeof(long);
    }

    public void WriteFloat64(double value) => WriteInt64(BitConverter.DoubleToInt64Bits(value));

    public void WriteUuid(Uuid value)
    {
        if (!_measuring)
        {
            value.Write(_bytes[_position..]);
        }

        _position += Uuid.Size;
    }

    public void WriteUnsignedVarint(int value)
    {
        _position += _measuring ? Varint.SizeOf((uint)value) : Varint.Write(_bytes[_position..], (uint)value);
    }

    /// <summary>A zigzag varint.</summary>
    public void WriteVarint(int value) => WriteUnsignedVarint((int)Varint.ZigZag(value));

    /// <summary>A zigzag varint of up to ten bytes.</summary>
    public void WriteVarlong(long value)
    {
        ulong raw = Varint.ZigZag(value);
        _position += _measuring ? Varint.SizeOf(raw) : Varint.Write(_bytes[_position..], raw);
    }

    /// <exception cref="ArgumentException">The text takes more than 32,767 bytes of UTF-8.</exception>
    public void WriteString(string value, bool compact)
    {
        ArgumentNullException.ThrowIfNull(value);
        WriteNullableString(value, compact);
    }

    /// <inheritdoc cref="WriteString(string, bool)"/>
    public void WriteNullableString(string? value, bool compact)
    {
        if (value is null)
        {
            WriteStringLength(-1, compact);
            return;
        }

        int length = Encoding.UTF8.GetByteCount(value);
        WriteStringLength(length, compact);
        if (!_measuring)
        {
            Encoding.UTF8.GetBytes(value, _bytes.Slice(_position, length));
        }

        _position += length;
    }

    /// <summary>A string that is already UTF-8.</summary>
    /// <inheritdoc cref="WriteString(string, bool)"/>
    public void WriteString(ReadOnlySpan<byte> utf8, bool compact)
    {
        WriteStringLength(utf8.Length, compact);
        WriteRaw(utf8);
    }

    public void WriteBytes(byte[] value, bool compact)
    {
        ArgumentNullException.ThrowIfNull(value);
        WriteNullableBytes(value, compact);
    }

    public void WriteNullableBytes(byte[]? value, bool compact)
    {
        WriteCount(value?.Length ?? -1, compact);
        WriteRaw(value);
    }

    public void WriteNullableRecords(ReadOnlyMemory<byte>? value, bool compact)
    {
        WriteCount(value?.Length ?? -1, compact);
        WriteRaw(value.GetValueOrDefault().Span);
    }

    /// <inheritdoc cref="WriteNullableRecords"/>
    public void WriteRecords(ReadOnlyMemory<byte>? value, bool compact) => WriteNullableRecords(value, compact);

    /// <summary>The count before an array, or the length before bytes; -1 is null.</summary>
    public void WriteCount(int count, bool compact)
    {
        if (compact)
        {
            WriteUnsignedVarint(count + 1);
        }
        else
        {
            WriteInt32(count);
        }
    }

    /// <summary>The head of a tagged field whose value takes <paramref name="size"/> bytes.</summary>
    public void WriteTag(int tag, int size)
    {
        WriteUnsignedVarint(tag);
        WriteUnsignedVarint(size);
    }

    /// <summary>Bytes as they are.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        if (!_measuring)
        {
            bytes.CopyTo(_bytes[_position..]);
        }

        _position += bytes.Length;
    }

    private void WriteStringLength(int length, bool compact)
    {
        if (length > KafkaReader.MaxStringLength)
        {
            throw new ArgumentException($"A string of {length} bytes exceeds {KafkaReader.MaxStringLength}.");
        }

        if (compact)
        {
            WriteUnsignedVarint(length + 1);
        }
        else
        {
            WriteInt16((short)length);
        }
    }
}
