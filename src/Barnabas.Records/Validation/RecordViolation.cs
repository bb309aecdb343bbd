namespace Barnabas.Records;

/// <summary>Which rule of its topic a single record breaks.</summary>
internal enum RecordViolation : byte
{
    None,
    MissingKey,
    TimestampOutOfRange,
    StampedByProducer,
    TooLarge,
}
