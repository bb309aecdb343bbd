using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>What must hold for the records of one partition in a Produce request, before any log is asked.</summary>
public static class ProduceRecords
{
    /// <summary>The first version that may carry Zstandard (KIP-110).</summary>
    private const short FirstVersionWithZstd = 7;

    /// <summary>
    /// Exactly one batch, of the current magic, in a codec that the request's version knows. <see
    /// cref="ErrorCode.None"/>, or the error and its explanation.
    /// </summary>
    public static ErrorCode Check(ReadOnlySpan<byte> records, short version, out string? message)
    {
        ErrorCode error = CheckSingle(records, out int size, out message);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (version < FirstVersionWithZstd
            && new RecordBatch(records[..size]).Compression == CompressionType.Zstd)
        {
            message = $"Produce version {version} cannot carry Zstandard; it came with version {FirstVersionWithZstd}";
            return ErrorCode.UnsupportedCompressionType;
        }

        return ErrorCode.None;
    }

    /// <summary>A batch that is cut off behind the first is none: it is ignored, as Apache Kafka does.</summary>
    internal static ErrorCode CheckSingle(ReadOnlySpan<byte> records, out int size, out string? message)
    {
        message = null;
        switch (RecordBatch.Probe(records, out size))
        {
            case BatchFrame.Partial:
                message = "The partition has no whole record batch";
                return ErrorCode.InvalidRecord;
            case BatchFrame.BadLength:
                message = "The length of the record batch is less than its header";
                return ErrorCode.CorruptMessage;
            case BatchFrame.BadMagic:
                message = "The record batch has an unknown magic";
                return ErrorCode.CorruptMessage;
        }

        if (new RecordBatch(records).IsLegacy)
        {
            message = $"Records must come in batches of magic {RecordBatch.CurrentMagic}";
            return ErrorCode.InvalidRecord;
        }

        switch (RecordBatch.Probe(records[size..], out _))
        {
            case BatchFrame.Whole:
                message = "The partition has more than one record batch";
                return ErrorCode.InvalidRecord;
            case BatchFrame.BadLength or BatchFrame.BadMagic:
                message = "There are bytes behind the record batch that are no batch";
                return ErrorCode.CorruptMessage;
        }

        return ErrorCode.None;
    }
}
