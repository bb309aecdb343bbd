namespace Barnabas.Records;

/// <summary>
/// How far a leader looks into a compressed batch that it can store as it is. Batches without compression are read
/// through in either case: that costs next to nothing.
/// </summary>
public enum ValidationDepth : byte
{
    /// <summary>As Apache Kafka: every record is decompressed and looked at.</summary>
    Full,

    /// <summary>
    /// The header is believed once its checksum holds. What then comes through, to fail at whoever decompresses it:
    /// records that are more or fewer than the header counts, malformed records, offsets out of order, bytes that are
    /// no stream of their codec, streams beyond the <see cref="DecompressionLimit"/>, and single timestamps out of
    /// range or beyond the header's maximum. Compacted topics and batches whose codec must change are read in full all
    /// the same.
    /// </summary>
    HeaderOnly,
}
