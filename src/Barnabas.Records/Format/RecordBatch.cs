using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>
/// A batch, read in place. Of magic 2 all fields are there. A message of magic 0 or 1 (a whole message set if it is
/// compressed) shows itself through the same members with what it has, and "none" for what it has not: no producer, no
/// leader epoch, no record count. The bytes may be those of the header alone, except for what reads the body.
/// </summary>
public readonly ref struct RecordBatch
{
    /// <summary>Bytes of the offset and the length, which the length does not count.</summary>
    public const int LogOverhead = 12;

    /// <summary>Bytes needed to tell size and magic.</summary>
    public const int ProbeSize = RecordBatchLayout.Magic + 1;

    /// <summary>Bytes in front of the records of a batch of magic 2.</summary>
    public const int HeaderSize = RecordBatchLayout.Records;

    /// <summary>The newest format; the only one that producers may send.</summary>
    public const byte CurrentMagic = 2;

    /// <summary>Kafka's "no timestamp".</summary>
    public const long NoTimestamp = -1;

    /// <summary>Kafka's "no sequence number".</summary>
    public const int NoSequence = -1;

    private readonly ReadOnlySpan<byte> _bytes;

    /// <summary>
    /// Views <paramref name="bytes"/>, which start with a batch that <see cref="Probe"/> has accepted (its size, its
    /// magic) and hold at least its header.
    /// </summary>
    public RecordBatch(ReadOnlySpan<byte> bytes)
    {
        Invariant.That(bytes.Length >= MinimumSize(bytes[RecordBatchLayout.Magic]));
        _bytes = bytes;
    }

    /// <summary>The whole batch, if the view was made over all of it; else what was given.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Length > Size ? _bytes[..Size] : _bytes;

    /// <summary>Bytes of the whole batch, as its length field has it.</summary>
    public int Size => LogOverhead + Int32(RecordBatchLayout.Length);

    public byte Magic => _bytes[RecordBatchLayout.Magic];

    public bool IsLegacy => Magic < CurrentMagic;

    /// <summary>
    /// The first offset. A compressed message set of magic 0 or 1 does not have it in its header: then it is
    /// <see cref="LastOffset"/>, and <see cref="HasBaseOffset"/> is false.
    /// </summary>
    public Offset BaseOffset => new(Int64(RecordBatchLayout.BaseOffset));

    public bool HasBaseOffset => !IsLegacy || Compression == CompressionType.None;

    public Offset LastOffset => IsLegacy ? BaseOffset : BaseOffset + LastOffsetDelta;

    /// <summary>The offset behind the last.</summary>
    public Offset NextOffset => LastOffset + 1;

    /// <summary>
    /// Can it stand where nothing below this offset is left to come? Offsets are outside the checksum of magic 2.
    /// </summary>
    public bool MayFollow(Offset expected) =>
        LastOffsetDelta >= 0 && LastOffset >= expected && (!HasBaseOffset || BaseOffset >= expected);

    public int LastOffsetDelta => IsLegacy ? 0 : Int32(RecordBatchLayout.LastOffsetDelta);

    public LeaderEpoch PartitionLeaderEpoch =>
        IsLegacy ? LeaderEpoch.None : new LeaderEpoch(Int32(RecordBatchLayout.PartitionLeaderEpoch));

    /// <summary>The stored checksum: CRC-32C of everything behind it; CRC-32 for magic 0 and 1.</summary>
    public uint Crc => BinaryPrimitives.ReadUInt32BigEndian(
        _bytes[(IsLegacy ? RecordBatchLayout.LegacyCrc : RecordBatchLayout.Crc)..]);

    public short Attributes => IsLegacy
        ? _bytes[RecordBatchLayout.LegacyAttributes]
        : BinaryPrimitives.ReadInt16BigEndian(_bytes[RecordBatchLayout.Attributes..]);

    /// <summary>As the three bits say: the values 5 to 7 stand for no codec.</summary>
    public CompressionType Compression => (CompressionType)(Attributes & RecordBatchLayout.CompressionMask);

    /// <summary>Magic 0 has no timestamps; its type reads as create time and its timestamps as -1.</summary>
    public TimestampType TimestampType =>
        Magic > 0 && (Attributes & RecordBatchLayout.LogAppendTimeFlag) != 0
            ? TimestampType.LogAppendTime
            : TimestampType.CreateTime;

    public bool IsTransactional => HasFlag(RecordBatchLayout.TransactionalFlag);

    /// <summary>The records are markers for brokers and clients, not data (<see cref="ControlRecordType"/>).</summary>
    public bool IsControl => HasFlag(RecordBatchLayout.ControlFlag);

    /// <summary>The cleaner has decided when tombstones and markers of this batch go (KIP-534).</summary>
    public bool HasDeleteHorizon => HasFlag(RecordBatchLayout.DeleteHorizonFlag);

    /// <summary>The time from which tombstones may go, or null. It takes the place of the base timestamp.</summary>
    public long? DeleteHorizonMs => HasDeleteHorizon ? Int64(RecordBatchLayout.BaseTimestamp) : null;

    /// <summary>What the timestamp deltas of the records add to.</summary>
    public long BaseTimestamp => IsLegacy ? MaxTimestamp : Int64(RecordBatchLayout.BaseTimestamp);

    public long MaxTimestamp => Magic switch
    {
        0 => NoTimestamp,
        1 => Int64(RecordBatchLayout.LegacyTimestamp),
        _ => Int64(RecordBatchLayout.MaxTimestamp),
    };

    public ProducerIdAndEpoch Producer => IsLegacy
        ? ProducerIdAndEpoch.None
        : new ProducerIdAndEpoch(
            Int64(RecordBatchLayout.ProducerId),
            BinaryPrimitives.ReadInt16BigEndian(_bytes[RecordBatchLayout.ProducerEpoch..]));

    public bool HasProducerId => Producer.ProducerId > -1;

    public int BaseSequence => IsLegacy ? NoSequence : Int32(RecordBatchLayout.BaseSequence);

    public int LastSequence =>
        BaseSequence == NoSequence ? NoSequence : AddToSequence(BaseSequence, LastOffsetDelta);

    /// <summary>What the header claims; -1 for magic 0 and 1, which do not say.</summary>
    public int RecordCount => IsLegacy ? -1 : Int32(RecordBatchLayout.RecordCount);

    /// <summary>The records of a batch of magic 2, compressed if <see cref="Compression"/> says so.</summary>
    internal ReadOnlySpan<byte> RecordBytes => _bytes[HeaderSize..Size];

    /// <summary>Sequence numbers start again at 0 behind 2^31 - 1.</summary>
    public static int AddToSequence(int sequence, int increment) =>
        (int)(((long)sequence + increment) & int.MaxValue);

    /// <summary>
    /// Looks at the front of <paramref name="buffer"/>: is a batch there, and how long is it? The size is 0 unless the
    /// length could be read and makes sense.
    /// </summary>
    public static BatchFrame Probe(ReadOnlySpan<byte> buffer, out int size)
    {
        size = 0;
        if (buffer.Length < LogOverhead)
        {
            return BatchFrame.Partial;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(buffer[RecordBatchLayout.Length..]);
        if (length is < RecordBatchLayout.LegacyMinimumV0 or > int.MaxValue - LogOverhead)
        {
            return BatchFrame.BadLength;
        }

        if (buffer.Length < ProbeSize)
        {
            return BatchFrame.Partial;
        }

        byte magic = buffer[RecordBatchLayout.Magic];
        if (magic > CurrentMagic)
        {
            return BatchFrame.BadMagic;
        }

        if (LogOverhead + length < MinimumSize(magic))
        {
            return BatchFrame.BadLength;
        }

        size = LogOverhead + length;
        return buffer.Length < size ? BatchFrame.Partial : BatchFrame.Whole;
    }

    /// <summary>Bytes of the smallest batch of a magic.</summary>
    public static int MinimumSize(byte magic) => magic switch
    {
        0 => LogOverhead + RecordBatchLayout.LegacyMinimumV0,
        1 => LogOverhead + RecordBatchLayout.LegacyMinimumV1,
        _ => HeaderSize,
    };

    /// <summary>Does the stored checksum fit the bytes? Needs the whole batch.</summary>
    public bool IsCrcValid() => _bytes.Length >= Size && Crc == ComputeCrc();

    /// <summary>The checksum that the bytes have. Needs the whole batch.</summary>
    public uint ComputeCrc() => IsLegacy
        ? Crc32.Compute(_bytes[RecordBatchLayout.Magic..Size])
        : Crc32C.Compute(_bytes[RecordBatchLayout.Attributes..Size]);

    private bool HasFlag(short flag) => !IsLegacy && (Attributes & flag) != 0;

    private int Int32(int at) => BinaryPrimitives.ReadInt32BigEndian(_bytes[at..]);

    private long Int64(int at) => BinaryPrimitives.ReadInt64BigEndian(_bytes[at..]);
}
