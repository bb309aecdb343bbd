using System.Buffers;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// Zstandard (KIP-110). Whole batches at once on both ways, because decoding straight into the output needs no window.
/// Only a batch whose output is wanted in pieces is decoded as a stream, and only if the window that its frame claims,
/// which a stream decoder allocates beforehand, is smaller than the output is likely to be.
/// </summary>
internal sealed unsafe class ZstdCodec : ICompressionCodec
{
    /// <summary>Kafka's default of <c>compression.zstd.level</c>; allowed are -131072 to 22.</summary>
    public const int DefaultLevel = 3;

    private const int MinLevel = -131072;
    private const int MaxLevel = 22;

    // A context of the highest levels grows to hundreds of megabytes; such a one is not kept.
    private const uint MaxRetainedContext = 16 * 1024 * 1024;

    // The densest that the format can be: a block of four bytes that stands for 128 KiB of one value.
    private const long MaxBlockOutput = 128 * 1024;
    private const int MinBlockInput = 4;

    // What the levels up to 19 need. The format goes up to 128 MiB and beyond, for a batch of some bytes.
    private const int StreamedWindowLogMax = 23;

    private const int FrameDescriptorAt = 4;
    private const byte SingleSegmentFlag = 0x20;
    private const int WindowDescriptorAt = 5;
    private const int WindowLogMin = 10;

    private const int FirstGuess = 16 * 1024;
    private const int GuessFactor = 4;

    private readonly ContextPool<ZstdCompressor> _compressors = new(static () => new ZstdCompressor());
    private readonly ContextPool<ZstdDecompressor> _decompressors = new(static () => new ZstdDecompressor());

    public CompressionType Type => CompressionType.Zstd;

    public void Compress(ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int? level = null)
    {
        ZstdCompressor context = _compressors.Rent();
        bool keep = false;
        try
        {
            int wanted = Math.Clamp(level ?? DefaultLevel, MinLevel, MaxLevel);
            Check(ZstdNative.ZSTD_CCtx_setParameter(context, ZstdNative.CompressionLevelParameter, wanted));
            Span<byte> output = destination.GetSpan(checked((int)ZstdNative.ZSTD_compressBound((nuint)source.Length)));
            fixed (byte* from = source, to = output)
            {
                nuint written = ZstdNative.ZSTD_compress2(
                    context, to, (nuint)output.Length, from, (nuint)source.Length);
                Check(written);
                destination.Advance((int)written);
            }

            keep = ZstdNative.ZSTD_sizeof_CCtx(context) <= MaxRetainedContext;
        }
        finally
        {
            GiveBack(_compressors, context, keep);
        }
    }

    public void Decompress(
        ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int limit, int wholeBytesMax = int.MaxValue)
    {
        ZstdDecompressor context = _decompressors.Rent();
        bool keep = false;
        try
        {
            int size = FirstCapacity(source, limit);
            while (true)
            {
                if (size > wholeBytesMax && IsStreamable(source))
                {
                    // The context now holds a window, and is not kept.
                    DecompressStream(context, source, new CodecOutput(destination, limit));
                    return;
                }

                if (TryDecompress(context, source, destination, size))
                {
                    break;
                }

                // The capacity was filled, so the next one is backed by bytes that were produced.
                if (size == limit)
                {
                    throw CodecOutput.LimitExceeded(limit);
                }

                size = (int)Math.Min(limit, (long)size * GuessFactor);
            }

            keep = true;
        }
        finally
        {
            GiveBack(_decompressors, context, keep);
        }
    }

    /// <summary>
    /// What the frame claims, if it says so and if so many bytes could come of it; else a multiple of the input.
    /// </summary>
    private static int FirstCapacity(ReadOnlySpan<byte> source, int limit)
    {
        ulong claimed;
        fixed (byte* from = source)
        {
            claimed = ZstdNative.ZSTD_getFrameContentSize(from, (nuint)source.Length);
        }

        if (claimed == ZstdNative.ContentSizeError)
        {
            throw new CompressionException("The compressed bytes are no Zstandard frame.");
        }

        if (claimed == ZstdNative.ContentSizeUnknown)
        {
            return (int)Math.Min(limit, Math.Max(FirstGuess, (long)source.Length * GuessFactor));
        }

        long possible = ((source.Length / MinBlockInput) + 1) * MaxBlockOutput;
        if (claimed > (ulong)possible)
        {
            throw new CompressionException("The Zstandard frame claims more bytes than it can hold.");
        }

        return claimed <= (ulong)limit ? (int)claimed : throw CodecOutput.LimitExceeded(limit);
    }

    /// <summary>True for one whole frame with a small window.</summary>
    private static bool IsStreamable(ReadOnlySpan<byte> source)
    {
        nuint size;
        fixed (byte* from = source)
        {
            size = ZstdNative.ZSTD_findFrameCompressedSize(from, (nuint)source.Length);
        }

        Check(size);
        if (size != (nuint)source.Length
            || source.Length <= WindowDescriptorAt
            || (source[FrameDescriptorAt] & SingleSegmentFlag) != 0)
        {
            // Several frames, or one whose window is all of its content.
            return false;
        }

        byte window = source[WindowDescriptorAt];
        int log = WindowLogMin + (window >> 3);
        return log < StreamedWindowLogMax || (log == StreamedWindowLogMax && (window & 7) == 0);
    }

    private static void DecompressStream(ZstdDecompressor context, ReadOnlySpan<byte> source, CodecOutput output)
    {
        Check(ZstdNative.ZSTD_DCtx_setParameter(context, ZstdNative.WindowLogMaxParameter, StreamedWindowLogMax));
        fixed (byte* from = source)
        {
            ZstdBuffer input = new() { Bytes = from, Size = (nuint)source.Length };
            while (true)
            {
                nuint taken = input.Position;
                nuint left;
                Span<byte> room = output.Next();
                ZstdBuffer produced;
                fixed (byte* to = room)
                {
                    produced = new() { Bytes = to, Size = (nuint)room.Length };
                    left = ZstdNative.ZSTD_decompressStream(context, &produced, &input);
                }

                Check(left);
                output.Advance((int)produced.Position);
                if (left == 0)
                {
                    return;
                }

                if (input.Position == taken && produced.Position == 0)
                {
                    throw new CompressionException("The Zstandard frame ends before its last block.");
                }
            }
        }
    }

    private static bool TryDecompress(
        ZstdDecompressor context, ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int size)
    {
        Span<byte> output = destination.GetSpan(Math.Max(1, size))[..size];
        fixed (byte* from = source, to = output)
        {
            nuint written = ZstdNative.ZSTD_decompressDCtx(context, to, (nuint)size, from, (nuint)source.Length);
            if (ZstdNative.Failed(written) && ZstdNative.ZSTD_getErrorCode(written) == ZstdNative.DestinationTooSmall)
            {
                return false;
            }

            Check(written);
            destination.Advance((int)written);
            return true;
        }
    }

    private static void Check(nuint result)
    {
        if (ZstdNative.Failed(result))
        {
            throw new CompressionException($"Zstandard: {ZstdNative.Describe(result)}.");
        }
    }

    private static void GiveBack<TContext>(ContextPool<TContext> pool, TContext context, bool keep)
        where TContext : Microsoft.Win32.SafeHandles.SafeHandleZeroOrMinusOneIsInvalid
    {
        if (keep)
        {
            pool.Return(context);
        }
        else
        {
            context.Dispose();
        }
    }
}
