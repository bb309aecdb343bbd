using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using Barnabas.Kernel;

namespace Barnabas.Protocol;

/// <summary>
/// Reads Kafka's primitives from one frame. Failure is sticky: after the first malformed byte every read returns its
/// default, <see cref="Failed"/> stays true, and nothing throws, so a decoder checks once at its end.
/// <para>
/// Nothing is allocated on the word of the sender alone. A length must fit into the bytes that remain, a count must fit
/// into them with the smallest element there is, and the memory of what is decoded is charged against
/// <see cref="AllocationLimit"/> before it is taken.
/// </para>
/// </summary>
public ref partial struct KafkaReader
{
    /// <summary>
    /// No frame that Kafka's defaults admit holds more; Apache Kafka has the bytes as its only limit.
    /// </summary>
    public const int MaxArrayCount = 1_000_000;

    /// <summary>Tagged fields of one struct; the same number as in Apache Kafka 4.4.</summary>
    public const int MaxTagCount = 10_000;

    /// <summary>Kafka's strings have 15 bits of length, in the compact form too.</summary>
    public const int MaxStringLength = short.MaxValue;

    /// <summary>
    /// What even the smallest frame may make of itself in memory. Objects outweigh their bytes on the wire (an empty
    /// topic of 3 bytes becomes 80), which is no danger while it stays below this.
    /// </summary>
    public const int AllocationFloor = 16 * 1024 * 1024;

    /// <summary>Beyond the floor, managed bytes per byte of the frame.</summary>
    public const int AllocationFactor = 4;

    // Growth is doubled from here on, so that a lie in a count costs no more than this many slots.
    private const int LargestFirstCapacity = 4096;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly bool _hasMemory;
    private int _position;
    private long _credit;

    /// <summary>Reads from a span; <c>records</c> fields are copied.</summary>
    public KafkaReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _credit = AllocationFloor + (AllocationFactor * (long)bytes.Length);
    }

    /// <summary>Reads from memory; <c>records</c> fields are slices of it and live as long as it does.</summary>
    public KafkaReader(ReadOnlyMemory<byte> bytes)
        : this(bytes.Span)
    {
        _memory = bytes;
        _hasMemory = true;
    }

    /// <summary>
    /// Managed bytes that decoding may still take, estimated from above; by default
    /// <see cref="AllocationFloor"/> + <see cref="AllocationFactor"/> × length. A client that trusts its broker with
    /// very large answers may raise it.
    /// </summary>
    public long AllocationLimit
    {
        readonly get => _credit;
        init => _credit = value;
    }

    /// <summary>True once anything was malformed.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bytes read so far; after a failure, the whole length.</summary>
    public readonly int Position => _position;

    public readonly int Remaining => _bytes.Length - _position;

    /// <summary>Tagged fields met that this version of the program does not know.</summary>
    public int UnknownTags { get; private set; }

    /// <summary>Declares the input malformed.</summary>
    public void Fail()
    {
        Failed = true;
        _position = _bytes.Length;
    }

    public bool ReadBoolean() => ReadInt8() != 0;

    public sbyte ReadInt8()
    {
        if (Remaining < 1)
        {
            Fail();
            return 0;
        }

        return (sbyte)_bytes[_position++];
    }

    public short ReadInt16()
    {
        ReadOnlySpan<byte> source = Take(sizeof(short));
        return source.IsEmpty ? (short)0 : BinaryPrimitives.ReadInt16BigEndian(source);
    }

    public ushort ReadUInt16() => (ushort)ReadInt16();

    public int ReadInt32()
    {
        ReadOnlySpan<byte> source = Take(sizeof(int));
        return source.IsEmpty ? 0 : BinaryPrimitives.ReadInt32BigEndian(source);
    }

    public uint ReadUInt32() => (uint)ReadInt32();

    public long ReadInt64()
    {
        ReadOnlySpan<byte> source = Take(sizeof(long));
        return source.IsEmpty ? 0 : BinaryPrimitives.ReadInt64BigEndian(source);
    }

    public double ReadFloat64() => BitConverter.Int64BitsToDouble(ReadInt64());

    public Uuid ReadUuid()
    {
        ReadOnlySpan<byte> source = Take(Uuid.Size);
        return source.IsEmpty ? default : Uuid.Read(source);
    }

    /// <summary>
    /// An unsigned varint of at most five bytes. Bits above the 32nd are dropped, as in Apache Kafka; the result can
    /// therefore be negative.
    /// </summary>
    public int ReadUnsignedVarint()
    {
        if (!Varint.TryRead(_bytes, ref _position, out uint value))
        {
            Fail();
            return 0;
        }

        return (int)value;
    }

    /// <summary>A zigzag varint: small numbers of either sign are short.</summary>
    public int ReadVarint() => Varint.UnZigZag((uint)ReadUnsignedVarint());

    /// <summary>A zigzag varint of up to ten bytes.</summary>
    public long ReadVarlong()
    {
        if (!Varint.TryRead(_bytes, ref _position, out ulong value))
        {
            Fail();
            return 0;
        }

        return Varint.UnZigZag(value);
    }

    /// <summary>A string that must be there.</summary>
    public string ReadString(bool compact) => ReadNullableString(compact, nullable: false) ?? "";

    /// <summary>A string; any negative length means null where null is allowed, and fails elsewhere.</summary>
    public string? ReadNullableString(bool compact, bool nullable = true)
    {
        int length = compact ? ReadUnsignedVarint() - 1 : ReadInt16();
        if (Failed || IsNull(length, nullable))
        {
            return null;
        }

        if (length > MaxStringLength || length > Remaining || !Charge(length == 0 ? 0 : 24 + (2L * length)))
        {
            Fail();
            return null;
        }

        // Bytes that are no UTF-8 become replacement characters, as Apache Kafka has it.
        return length == 0 ? "" : Encoding.UTF8.GetString(Take(length));
    }

    /// <summary>A string as its bytes, without copy. <paramref name="present"/> is false for null.</summary>
    public ReadOnlySpan<byte> ReadStringBytes(bool compact, bool nullable, out bool present)
    {
        int length = compact ? ReadUnsignedVarint() - 1 : ReadInt16();
        present = !Failed && !IsNull(length, nullable);
        if (!present)
        {
            return default;
        }

        if (length > MaxStringLength || length > Remaining)
        {
            Fail();
            present = false;
            return default;
        }

        return Take(length);
    }

    /// <summary>Bytes that must be there, copied.</summary>
    public byte[] ReadBytes(bool compact) => ReadNullableBytes(compact, nullable: false) ?? [];

    /// <summary>Bytes, copied.</summary>
    public byte[]? ReadNullableBytes(bool compact, bool nullable = true)
    {
        if (!TryReadLength(compact, nullable, out int length))
        {
            return null;
        }

        if (!Charge(24L + length))
        {
            Fail();
            return null;
        }

        return length == 0 ? [] : Take(length).ToArray();
    }

    /// <summary>A run of record batches: a slice of the input when the reader stands on memory, else a copy.</summary>
    public ReadOnlyMemory<byte>? ReadRecords(bool compact, bool nullable = true)
    {
        if (!_hasMemory)
        {
            // Spelled out: in a conditional expression, null would become empty memory.
            byte[]? copy = ReadNullableBytes(compact, nullable);
            if (copy is null)
            {
                return null;
            }

            return copy;
        }

        if (!TryReadLength(compact, nullable, out int length))
        {
            return null;
        }

        ReadOnlyMemory<byte> slice = _memory.Slice(_position, length);
        _position += length;
        return slice;
    }

    /// <summary>
    /// The length before bytes or records, known to fit; false for null and after a failure. The caller goes on with
    /// <see cref="Skip"/> or <see cref="ReadRaw"/>.
    /// </summary>
    public bool TryReadLength(bool compact, bool nullable, out int length)
    {
        length = compact ? ReadUnsignedVarint() - 1 : ReadInt32();
        if (Failed || IsNull(length, nullable))
        {
            length = 0;
            return false;
        }

        if (length > Remaining)
        {
            Fail();
            length = 0;
            return false;
        }

        return true;
    }

    /// <summary>The next bytes as they are; empty and failed when there are not as many.</summary>
    public ReadOnlySpan<byte> ReadRaw(int length)
    {
        if (length < 0)
        {
            Fail();
            return default;
        }

        return Take(length);
    }

    public void Skip(int length) => ReadRaw(length);

    /// <summary>How many tagged fields follow; 0 after a failure.</summary>
    public int ReadTagCount()
    {
        int count = ReadUnsignedVarint();
        if (count < 0 || count > Math.Min(Remaining, MaxTagCount))
        {
            Fail();
            return 0;
        }

        return count;
    }

    /// <summary>
    /// The head of one tagged field. Tags may repeat and come in any order. The size of a known field is not compared
    /// with what its value takes, as in Apache Kafka.
    /// </summary>
    public int ReadTag(out int size)
    {
        int tag = ReadUnsignedVarint();
        size = ReadUnsignedVarint();
        return Failed ? -1 : tag;
    }

    /// <summary>Passes over the value of a tag that nobody here knows.</summary>
    public void SkipTag(int size)
    {
        Skip(size);
        if (!Failed)
        {
            UnknownTags++;
        }
    }

    /// <summary>Passes over all tagged fields of a struct that knows none.</summary>
    public void SkipTaggedFields()
    {
        for (int left = ReadTagCount(); left > 0 && !Failed; left--)
        {
            ReadTag(out int size);
            SkipTag(size);
        }
    }

    /// <summary>Null is whatever is negative, as in Apache Kafka; it fails where null is not allowed.</summary>
    private bool IsNull(int length, bool nullable)
    {
        if (length >= 0)
        {
            return false;
        }

        if (!nullable)
        {
            Fail();
        }

        return true;
    }

    private bool Charge(long bytes)
    {
        _credit -= bytes;
        return _credit >= 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > Remaining)
        {
            Fail();
            return default;
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_position, length);
        _position += length;
        return taken;
    }
}
