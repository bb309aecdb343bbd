using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>
/// LZ4 in messages of magic 0. Clients of that time computed the checksum of the frame's header over four bytes too
/// many (KAFKA-3160), and no other reader of LZ4 accepts it. The header is copied with the right one.
/// </summary>
internal static class LegacyLz4
{
    // Magic number, flags, block size, content size if the flags say so, checksum.
    private const int DescriptorStart = 4;
    private const int DescriptorSize = 2;
    private const int ContentSizeFlag = 0x08;
    private const int ContentSizeSize = 8;
    private const int MaxDescriptorSize = DescriptorSize + ContentSizeSize;

    public static RecordFault Decompress(
        ReadOnlySpan<byte> frame, CompressionCodecs codecs, RecordScratch scratch, DecompressionLimit limit)
    {
        if (frame.Length < DescriptorStart + DescriptorSize)
        {
            return RecordFault.BadCompression;
        }

        int size = DescriptorSize;
        if ((frame[DescriptorStart] & ContentSizeFlag) != 0)
        {
            size += ContentSizeSize;
        }

        int checksumAt = DescriptorStart + size;
        if (frame.Length <= checksumAt)
        {
            return RecordFault.BadCompression;
        }

        byte[] copy = ArrayPool<byte>.Shared.Rent(frame.Length);
        try
        {
            frame.CopyTo(copy);
            copy[checksumAt] = (byte)(ShortXxHash32(frame.Slice(DescriptorStart, size)) >> 8);
            return scratch.Decompress(CompressionType.Lz4, copy.AsSpan(0, frame.Length), codecs, limit);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    /// <summary>xxHash32 with seed 0 of fewer than 16 bytes, which is all that a descriptor can have.</summary>
    private static uint ShortXxHash32(ReadOnlySpan<byte> bytes)
    {
        const uint Prime1 = 2654435761;
        const uint Prime2 = 2246822519;
        const uint Prime3 = 3266489917;
        const uint Prime4 = 668265263;
        const uint Prime5 = 374761393;
        Invariant.That(bytes.Length <= MaxDescriptorSize);
        uint hash = Prime5 + (uint)bytes.Length;
        for (; bytes.Length >= sizeof(uint); bytes = bytes[sizeof(uint)..])
        {
            hash += BinaryPrimitives.ReadUInt32LittleEndian(bytes) * Prime3;
            hash = BitOperations.RotateLeft(hash, 17) * Prime4;
        }

        foreach (byte value in bytes)
        {
            hash += value * Prime5;
            hash = BitOperations.RotateLeft(hash, 11) * Prime1;
        }

        hash = (hash ^ (hash >> 15)) * Prime2;
        hash = (hash ^ (hash >> 13)) * Prime3;
        return hash ^ (hash >> 16);
    }
}
