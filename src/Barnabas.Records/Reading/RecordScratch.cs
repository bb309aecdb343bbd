using System.Buffers;
using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>
/// Memory for the decompressed records of one batch at a time, used again for the next. One user at a time; what a
/// reader from here shows is valid until the next call.
/// </summary>
/// <param name="retainedBytes">What is kept for the next batch; larger memory is given up once its batch is done
/// with.</param>
public sealed class RecordScratch(int retainedBytes = RecordScratch.DefaultRetainedBytes)
{
    /// <summary>A batch of 1 MB (the default of <c>max.message.bytes</c>) that was compressed to a quarter.</summary>
    public const int DefaultRetainedBytes = 4 * 1024 * 1024;

    private const int FirstSize = 64 * 1024;

    private readonly GrowableBuffer _buffer = new(FirstSize);
    private RecordWindow? _window;

    /// <summary>Bytes held at the moment.</summary>
    internal int Capacity => _buffer.Capacity;

    internal ReadOnlySpan<byte> Written => _buffer.Written;

    /// <summary>
    /// The records of any batch. A batch that is compressed is decompressed here, by one of <paramref name="codecs"/>;
    /// if that fails, the reader has no record and says why.
    /// </summary>
    public RecordReader Read(RecordBatch batch, CompressionCodecs codecs, DecompressionLimit limit)
    {
        if (batch.Compression == CompressionType.None)
        {
            return new RecordReader(batch);
        }

        if (batch.IsLegacy)
        {
            return LegacyMessageSet.Open(batch, codecs, this, limit);
        }

        RecordFault fault = Decompress(batch.Compression, batch.RecordBytes, codecs, limit);
        return fault == RecordFault.None ? new RecordReader(batch, Written) : new RecordReader(fault);
    }

    /// <summary>
    /// Looks at all records of a compressed batch of magic 2 without keeping them: memory stays at what is retained,
    /// whatever the batch expands to, unless its codec must have more in one piece.
    /// </summary>
    internal RecordFault Examine(
        RecordBatch batch, CompressionCodecs codecs, DecompressionLimit limit, ref RecordFindings findings)
    {
        _window ??= new RecordWindow(_buffer, retainedBytes);
        _window.Begin(batch, findings);
        RecordFault fault = Decompress(
            batch.Compression, batch.RecordBytes, codecs, limit, _window, wholeBytesMax: retainedBytes);
        if (fault != RecordFault.None)
        {
            return fault;
        }

        if (_window.IsPassing)
        {
            fault = _window.End();
            findings = _window.Findings;
            return fault;
        }

        return new RecordReader(batch, Written).Examine(ref findings);
    }

    /// <summary>The records of the batch that was examined last, and found sound.</summary>
    internal RecordReader ReadExamined(RecordBatch batch, CompressionCodecs codecs, DecompressionLimit limit) =>
        _window is { IsPassing: true } ? Read(batch, codecs, limit) : new RecordReader(batch, Written);

    internal RecordFault Decompress(
        CompressionType type, ReadOnlySpan<byte> source, CompressionCodecs codecs, DecompressionLimit limit) =>
        Decompress(type, source, codecs, limit, _buffer, wholeBytesMax: int.MaxValue);

    /// <summary>Gives up memory beyond what is to be kept.</summary>
    internal void Clear() => _buffer.Clear(retainedBytes);

    private RecordFault Decompress(
        CompressionType type,
        ReadOnlySpan<byte> source,
        CompressionCodecs codecs,
        DecompressionLimit limit,
        IBufferWriter<byte> destination,
        int wholeBytesMax)
    {
        Clear();
        ICompressionCodec? codec = codecs.Find(type);
        if (codec is null)
        {
            return RecordFault.UnknownCodec;
        }

        try
        {
            codec.Decompress(source, destination, limit.For(source.Length), wholeBytesMax);
            return RecordFault.None;
        }
        catch (CompressionException failure)
        {
            return failure.LimitExceeded ? RecordFault.LimitExceeded : RecordFault.BadCompression;
        }
    }
}
