using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmCrc32 = System.Runtime.Intrinsics.Arm.Crc32;

namespace Barnabas.Kernel;

/// <summary>
/// CRC-32C (Castagnoli), the checksum of record batches and snapshots. Three ways to the same number, chosen by what
/// the processor has: folding with 512-bit carry-less multiplication, three interleaved chains of the CRC instruction
/// (a single chain waits three cycles for each word; three chains fill the gaps), and one plain chain.
/// </summary>
public static class Crc32C
{
    // The polynomial, lowest power in the highest bit, as all values in this file.
    private const uint Polynomial = 0x82F63B78;

    // Bytes per chain between two joins. Long enough that the join is noise, short enough that 4 KiB already gains.
    private const int Lane = 1024;

    // Four 512-bit accumulators: enough independent products to hide the latency of the multiplication.
    private const int FoldStride = 4 * Vector512Bytes;
    private const int Vector512Bytes = 64;

    private static readonly uint[] LaneShift = BuildLaneShift();
    private static readonly Vector512<long> FoldByStride = FoldConstants(FoldStride * 8);
    private static readonly Vector512<long> FoldByVector = FoldConstants(Vector512Bytes * 8);

#if NET10_0_OR_GREATER
    internal static bool CanFold => Pclmulqdq.V512.IsSupported && Sse42.X64.IsSupported;
#else
    // .NET 9 has no name for the 512-bit multiplication.
    internal static bool CanFold => false;
#endif

    internal static bool CanInterleave => Sse42.X64.IsSupported || ArmCrc32.Arm64.IsSupported;

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>
    /// Continues: the checksum of what <paramref name="crc"/> covers, followed by <paramref name="bytes"/>.
    /// </summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= FoldStride && CanFold)
        {
            return Folded(crc, bytes);
        }

        return bytes.Length >= 3 * Lane && CanInterleave ? Interleaved(crc, bytes) : Chained(crc, bytes);
    }

    internal static uint Chained(uint crc, ReadOnlySpan<byte> bytes) => ~Chain(~crc, bytes);

    internal static uint Interleaved(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint first = ~crc;
        while (bytes.Length >= 3 * Lane)
        {
            uint second = 0;
            uint third = 0;
            ref byte start = ref MemoryMarshal.GetReference(bytes);
            for (nuint i = 0; i < Lane; i += sizeof(ulong))
            {
                first = BitOperations.Crc32C(first, Word(ref start, i));
                second = BitOperations.Crc32C(second, Word(ref start, Lane + i));
                third = BitOperations.Crc32C(third, Word(ref start, (2 * Lane) + i));
            }

            first = ShiftByLane(ShiftByLane(first) ^ second) ^ third;
            bytes = bytes[(3 * Lane)..];
        }

        return ~Chain(first, bytes);
    }

    /// <summary>
    /// Keeps four vectors that stand for everything read so far: each step multiplies them by x^2048 (the distance to
    /// the next four) modulo the polynomial, and adds the next 256 bytes.
    /// </summary>
    internal static uint Folded(uint crc, ReadOnlySpan<byte> bytes)
    {
        ref byte at = ref MemoryMarshal.GetReference(bytes);
        Vector512<long> a = Load(ref at, 0) ^ Vector512.CreateScalar((long)~crc);
        Vector512<long> b = Load(ref at, 64);
        Vector512<long> c = Load(ref at, 128);
        Vector512<long> d = Load(ref at, 192);
        Vector512<long> factors = FoldByStride;
        int position = FoldStride;
        for (; position + FoldStride <= bytes.Length; position += FoldStride)
        {
            a = Fold(a, factors) ^ Load(ref at, (nuint)position);
            b = Fold(b, factors) ^ Load(ref at, (nuint)position + 64);
            c = Fold(c, factors) ^ Load(ref at, (nuint)position + 128);
            d = Fold(d, factors) ^ Load(ref at, (nuint)position + 192);
        }

        factors = FoldByVector;
        a = Fold(Fold(Fold(a, factors) ^ b, factors) ^ c, factors) ^ d;
        for (; position + Vector512Bytes <= bytes.Length; position += Vector512Bytes)
        {
            a = Fold(a, factors) ^ Load(ref at, (nuint)position);
        }

        uint state = 0;
        Vector512<ulong> words = a.AsUInt64();
        for (int i = 0; i < Vector512<ulong>.Count; i++)
        {
            state = BitOperations.Crc32C(state, words[i]);
        }

        return ~Chain(state, bytes[position..]);
    }

    private static uint Chain(uint state, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            state = BitOperations.Crc32C(state, word);
        }

        foreach (byte value in bytes[(words.Length * sizeof(ulong))..])
        {
            state = BitOperations.Crc32C(state, value);
        }

        return state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte start, nuint offset) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Load(ref byte start, nuint offset) =>
        Vector512.LoadUnsafe(ref start, offset).AsInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Fold(Vector512<long> value, Vector512<long> factors) =>
#if NET10_0_OR_GREATER
        Pclmulqdq.V512.CarrylessMultiply(value, factors, 0x00) ^ Pclmulqdq.V512.CarrylessMultiply(value, factors, 0x11);
#else
        throw new PlatformNotSupportedException();
#endif

    /// <summary>
    /// In each 128-bit lane the low half stands 64 powers above the high half, and a product of two values in this bit
    /// order comes out one power too high: hence x^(distance + 63) for the low half and x^(distance - 1) for the high
    /// one.
    /// </summary>
    private static Vector512<long> FoldConstants(int distance)
    {
        long low = (long)((ulong)PowerOfX(distance + 63) << 32);
        long high = (long)((ulong)PowerOfX(distance - 1) << 32);
        return Vector512.Create(low, high, low, high, low, high, low, high);
    }

    private static uint PowerOfX(int exponent)
    {
        uint power = 0x80000000;
        for (int i = 0; i < exponent; i++)
        {
            power = TimesX(power);
        }

        return power;
    }

    private static uint TimesX(uint value) => (value >> 1) ^ ((value & 1) * Polynomial);

    /// <summary>
    /// For each byte of a state, what it becomes after <see cref="Lane"/> zero bytes; the four parts add up.
    /// </summary>
    private static uint[] BuildLaneShift()
    {
        uint[] table = new uint[4 * 256];
        for (int part = 0; part < 4; part++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                uint state = 1u << ((8 * part) + bit);
                for (int i = 0; i < Lane * 8; i++)
                {
                    state = TimesX(state);
                }

                table[(256 * part) + (1 << bit)] = state;
            }

            for (int value = 1; value < 256; value++)
            {
                int lowest = value & -value;
                table[(256 * part) + value] = table[(256 * part) + lowest] ^ table[(256 * part) + (value ^ lowest)];
            }
        }

        return table;
    }

    private static uint ShiftByLane(uint state) =>
        LaneShift[(byte)state]
        ^ LaneShift[256 + (byte)(state >> 8)]
        ^ LaneShift[512 + (byte)(state >> 16)]
        ^ LaneShift[768 + (state >> 24)];
}
