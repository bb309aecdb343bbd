using System.Buffers;
using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// Snappy. Kafka's clients write the stream format of snappy-java: a magic, two versions, then blocks of at most 32
/// KiB, each behind its compressed length. Some clients send one bare block instead, which every reader takes too.
/// </summary>
internal sealed unsafe class SnappyCodec : ICompressionCodec
{
    private const int HeaderSize = 16;
    private const int Version = 1;
    private const int BlockSize = 32 * 1024;

    // The densest that the format can be: three bytes that copy 64.
    private const int MaxExpansion = 22;

    // 0x82, "SNAPPY", 0.
    private static ReadOnlySpan<byte> Magic => [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0x00];

    public CompressionType Type => CompressionType.Snappy;

    public void Compress(ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int? level = null)
    {
        Span<byte> header = destination.GetSpan(HeaderSize);
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], Version);
        destination.Advance(HeaderSize);
        int capacity = (int)SnappyNative.snappy_max_compressed_length(BlockSize);
        while (!source.IsEmpty)
        {
            ReadOnlySpan<byte> block = source[..Math.Min(BlockSize, source.Length)];
            Span<byte> output = destination.GetSpan(sizeof(int) + capacity);
            nuint written = (nuint)capacity;
            fixed (byte* from = block, to = output)
            {
                int failure = SnappyNative.snappy_compress(from, (nuint)block.Length, to + sizeof(int), &written);
                Invariant.That(failure == 0);
            }

            BinaryPrimitives.WriteInt32BigEndian(output, (int)written);
            destination.Advance(sizeof(int) + (int)written);
            source = source[block.Length..];
        }
    }

    public void Decompress(
        ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int limit, int wholeBytesMax = int.MaxValue)
    {
        var output = new CodecOutput(destination, limit);
        if (!source.StartsWith(Magic))
        {
            DecompressBlock(source, ref output, limit);
            return;
        }

        while (!source.IsEmpty)
        {
            // Streams may be joined: wherever a block could begin, a header may stand instead.
            if (source.StartsWith(Magic))
            {
                source = SkipHeader(source);
                continue;
            }

            int length = source.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32BigEndian(source);
            if (length < 0 || length > source.Length - sizeof(int))
            {
                throw new CompressionException("The snappy stream ends within a block.");
            }

            DecompressBlock(source.Slice(sizeof(int), length), ref output, limit);
            source = source[(sizeof(int) + length)..];
        }
    }

    private static ReadOnlySpan<byte> SkipHeader(ReadOnlySpan<byte> source)
    {
        // The second version is the oldest reader that can read the stream.
        if (source.Length < HeaderSize || BinaryPrimitives.ReadInt32BigEndian(source[8..]) < Version)
        {
            throw new CompressionException("The snappy stream has a header of an unknown version.");
        }

        return source[HeaderSize..];
    }

    private static void DecompressBlock(ReadOnlySpan<byte> block, ref CodecOutput output, int limit)
    {
        fixed (byte* from = block)
        {
            nuint size;
            if (SnappyNative.snappy_uncompressed_length(from, (nuint)block.Length, &size) != 0
                || size > (nuint)block.Length * MaxExpansion)
            {
                throw new CompressionException("The snappy block is damaged.");
            }

            if (size > (nuint)output.Remaining)
            {
                throw CodecOutput.LimitExceeded(limit);
            }

            Span<byte> room = output.Exactly((int)size);
            fixed (byte* to = room)
            {
                nuint written = size;
                if (SnappyNative.snappy_uncompress(from, (nuint)block.Length, to, &written) != 0)
                {
                    throw new CompressionException("The snappy block is damaged.");
                }
            }

            output.Advance((int)size);
        }
    }
}
