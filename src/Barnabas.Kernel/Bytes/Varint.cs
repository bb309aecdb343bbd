using System.Numerics;
using System.Runtime.CompilerServices;

namespace Barnabas.Kernel;

/// <summary>
/// Variable-length integers: seven bits per byte, lowest first, the top bit set on all but the last. Signed values are
/// zigzag-encoded, so that small negative ones stay short. As Kafka reads them: at most 5 bytes for 32 bits and 10 for
/// 64, overlong forms accepted, bits beyond the width dropped.
/// </summary>
public static class Varint
{
    /// <summary>Bytes of the longest 32-bit value.</summary>
    public const int MaxSize32 = 5;

    /// <summary>Bytes of the longest 64-bit value.</summary>
    public const int MaxSize64 = 10;

    public static uint ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static int UnZigZag(uint value) => (int)(value >> 1) ^ -(int)(value & 1);

    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>Bytes of the unsigned form.</summary>
    public static int SizeOf(uint value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>Bytes of the unsigned form.</summary>
    public static int SizeOf(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>Bytes of the zigzag form.</summary>
    public static int SizeOfSigned(int value) => SizeOf(ZigZag(value));

    /// <summary>Bytes of the zigzag form.</summary>
    public static int SizeOfSigned(long value) => SizeOf(ZigZag(value));

    /// <summary>
    /// Reads at <paramref name="position"/> and moves it behind the value; false, with the position untouched, if the
    /// span ends before the value does or the value is too long.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, ref int position, out uint value)
    {
        if ((uint)position < (uint)source.Length && source[position] < 0x80)
        {
            value = source[position++];
            return true;
        }

        bool read = TryReadLong(source, ref position, MaxSize32, out ulong wide);
        value = (uint)wide;
        return read;
    }

    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, ref int, out uint)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, ref int position, out ulong value)
    {
        if ((uint)position < (uint)source.Length && source[position] < 0x80)
        {
            value = source[position++];
            return true;
        }

        return TryReadLong(source, ref position, MaxSize64, out value);
    }

    /// <summary>Like <see cref="TryRead(ReadOnlySpan{byte}, ref int, out uint)"/>, of the zigzag form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadSigned(ReadOnlySpan<byte> source, ref int position, out int value)
    {
        bool read = TryRead(source, ref position, out uint raw);
        value = UnZigZag(raw);
        return read;
    }

    /// <inheritdoc cref="TryReadSigned(ReadOnlySpan{byte}, ref int, out int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadSigned(ReadOnlySpan<byte> source, ref int position, out long value)
    {
        bool read = TryRead(source, ref position, out ulong raw);
        value = UnZigZag(raw);
        return read;
    }

    /// <summary>Writes the unsigned form; the span must have room. Returns its length.</summary>
    public static int Write(Span<byte> destination, ulong value)
    {
        int length = 0;
        while (value >= 0x80)
        {
            destination[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[length++] = (byte)value;
        return length;
    }

    /// <summary>Writes the zigzag form; the span must have room. Returns its length.</summary>
    public static int WriteSigned(Span<byte> destination, int value) => Write(destination, ZigZag(value));

    /// <summary>Writes the zigzag form; the span must have room. Returns its length.</summary>
    public static int WriteSigned(Span<byte> destination, long value) => Write(destination, ZigZag(value));

    private static bool TryReadLong(ReadOnlySpan<byte> source, ref int position, int maxSize, out ulong value)
    {
        value = 0;
        int end = Math.Min(source.Length, position + maxSize);
        int shift = 0;
        for (int i = position; i < end; i++, shift += 7)
        {
            byte part = source[i];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                position = i + 1;
                return true;
            }
        }

        value = 0;
        return false;
    }
}
