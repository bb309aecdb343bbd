namespace Barnabas.Protocol;

/// <summary>How the decoding of a record out of a log ended.</summary>
public enum RecordDecoding
{
    Ok,

    /// <summary>The bytes end too early or contradict themselves.</summary>
    Malformed,

    /// <summary>The frame around a metadata record is of a version other than 1.</summary>
    UnknownFrameVersion,

    /// <summary>Nobody defined the record type; it may come from a newer peer.</summary>
    UnknownType,

    /// <summary>The record type is known, its version is not.</summary>
    UnknownVersion,

    /// <summary>The record is whole, but bytes follow it.</summary>
    TrailingBytes,
}
