namespace Barnabas.Records;

/// <summary>Why the records of a batch cannot be read, or read further.</summary>
public enum RecordFault : byte
{
    None,

    /// <summary>The batch claims fewer than zero records.</summary>
    BadCount,

    /// <summary>The batch ends before its last record does.</summary>
    PrematureEnd,

    /// <summary>
    /// A record contradicts itself: a length beyond its end, a negative number of headers, a header without key.
    /// </summary>
    BadStructure,

    /// <summary>There are bytes behind the last record that the batch counts.</summary>
    TrailingBytes,

    /// <summary>A checksum within a compressed message set of magic 0 or 1 is wrong.</summary>
    BadChecksum,

    /// <summary>The batch names a codec that does not exist, or that this node does not have.</summary>
    UnknownCodec,

    /// <summary>The codec could not make sense of the bytes.</summary>
    BadCompression,

    /// <summary>Decompressed, the batch is larger than what was allowed.</summary>
    LimitExceeded,
}
