namespace Barnabas.Records;

/// <summary>
/// Where the fields of a batch lie. All magics share the first twelve bytes and the place of the magic byte, which is
/// what lets a reader walk over a log that holds several of them.
/// </summary>
internal static class RecordBatchLayout
{
    public const int BaseOffset = 0;
    public const int Length = 8;
    public const int PartitionLeaderEpoch = 12;
    public const int Magic = 16;
    public const int Crc = 17;
    public const int Attributes = 21;
    public const int LastOffsetDelta = 23;
    public const int BaseTimestamp = 27;
    public const int MaxTimestamp = 35;
    public const int ProducerId = 43;
    public const int ProducerEpoch = 51;
    public const int BaseSequence = 53;
    public const int RecordCount = 57;
    public const int Records = 61;

    public const short CompressionMask = 0x07;
    public const short LogAppendTimeFlag = 0x08;
    public const short TransactionalFlag = 0x10;
    public const short ControlFlag = 0x20;
    public const short DeleteHorizonFlag = 0x40;

    // Messages of magic 0 and 1. The offset in front is that of the last record within.
    public const int LegacyCrc = 12;
    public const int LegacyAttributes = 17;
    public const int LegacyTimestamp = 18;
    public const int LegacyKeyV0 = 18;
    public const int LegacyKeyV1 = 26;

    /// <summary>
    /// CRC, magic, attributes and the two lengths: the least that the length field of any batch can say.
    /// </summary>
    public const int LegacyMinimumV0 = 14;
    public const int LegacyMinimumV1 = 22;
}
