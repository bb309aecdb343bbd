using System.Buffers;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// LZ4 in its frame format, with independent blocks of 64 KiB. Java clients cannot read linked blocks, so frames with
/// them are refused on read as well: a broker that let them in would hand out what some consumers cannot decode.
/// </summary>
internal sealed unsafe class Lz4Codec : ICompressionCodec
{
    /// <summary>
    /// Kafka's default of <c>compression.lz4.level</c>; allowed are 1 to 17. It does not stand on the scale of the
    /// others: it means the fast compressor, and every other number the slow one with that effort.
    /// </summary>
    public const int DefaultLevel = 9;

    private const int FastCompressor = 0;
    private const int MaxLevel = 12;

    private const int FlagsAt = 4;
    private const int BlockSizeAt = 5;
    private const byte BlocksIndependentFlag = 0x20;

    // 256 KiB. A context keeps buffers for the largest blocks it has seen: those that saw 4 MiB are not kept.
    private const int MaxRetainedBlockSize = 5;

    private readonly ContextPool<Lz4Decompressor> _decompressors = new(static () => new Lz4Decompressor());

    public CompressionType Type => CompressionType.Lz4;

    public void Compress(ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int? level = null)
    {
        int wanted = level ?? DefaultLevel;
        var preferences = new Lz4Preferences
        {
            BlockSize = Lz4Native.BlockSize64KiB,
            BlockMode = Lz4Native.BlocksIndependent,
            CompressionLevel = wanted == DefaultLevel ? FastCompressor : Math.Clamp(wanted, 1, MaxLevel),
        };
        nuint bound = Lz4Native.LZ4F_compressFrameBound((nuint)source.Length, &preferences);
        Span<byte> output = destination.GetSpan(checked((int)bound));
        fixed (byte* from = source, to = output)
        {
            nuint written = Lz4Native.LZ4F_compressFrame(
                to, (nuint)output.Length, from, (nuint)source.Length, &preferences);
            Check(written);
            destination.Advance((int)written);
        }
    }

    public void Decompress(
        ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int limit, int wholeBytesMax = int.MaxValue)
    {
        if (source.Length <= BlockSizeAt)
        {
            throw new CompressionException("The LZ4 frame ends within its header.");
        }

        if ((source[FlagsAt] & BlocksIndependentFlag) == 0)
        {
            throw new CompressionException("The LZ4 frame has linked blocks, or is none.");
        }

        Lz4Decompressor context = _decompressors.Rent();
        bool keep = false;
        try
        {
            Decompress(context, source, new CodecOutput(destination, limit));
            keep = ((source[BlockSizeAt] >> 4) & 0x07) <= MaxRetainedBlockSize;
        }
        finally
        {
            if (keep)
            {
                _decompressors.Return(context);
            }
            else
            {
                context.Dispose();
            }
        }
    }

    private static void Decompress(Lz4Decompressor context, ReadOnlySpan<byte> source, CodecOutput output)
    {
        Lz4Native.LZ4F_resetDecompressionContext(context);
        fixed (byte* from = source)
        {
            int position = 0;
            while (true)
            {
                nuint read = (nuint)(source.Length - position);
                nuint left;
                Span<byte> room = output.Next();
                nuint written = (nuint)room.Length;
                fixed (byte* to = room)
                {
                    left = Lz4Native.LZ4F_decompress(context, to, &written, from + position, &read, null);
                }

                Check(left);
                output.Advance((int)written);
                position += (int)read;
                if (left == 0)
                {
                    break;
                }

                if (read == 0 && written == 0)
                {
                    throw new CompressionException("The LZ4 frame ends before its end mark.");
                }
            }

            if (position != source.Length)
            {
                throw new CompressionException("There are bytes behind the LZ4 frame.");
            }
        }
    }

    private static void Check(nuint result)
    {
        if (Lz4Native.Failed(result))
        {
            throw new CompressionException($"LZ4: {Lz4Native.Describe(result)}.");
        }
    }
}
