using Barnabas.Kernel;

namespace Barnabas.Protocol;

/// <summary>
/// A Produce request (versions 3 to 13) read in place, without allocating. Opening it walks the whole body once and
/// fails where the generated <see cref="ProduceRequest"/> would, so that nothing is appended from a frame whose end is
/// malformed; the walk over topics and partitions that follows cannot fail.
/// <code>
/// while (request.MoveNextTopic())
///     while (request.MoveNextPartition())
///         append(frame.Slice(request.RecordsOffset, request.RecordsLength));
/// </code>
/// <para>
/// Version 9 is the first with compact lengths and tagged fields; version 13 names topics by id (KIP-516) and no longer
/// by name.
/// </para>
/// </summary>
public ref struct ProduceRequestReader
{
    /// <summary>
    /// Partitions of one request; more are malformed. A partition takes 6 bytes on the wire and twenty times as many in
    /// the broker that answers it, and no broker leads so many.
    /// </summary>
    public const int PartitionsMax = 200_000;

    private const short FirstFlexible = 9;
    private const short FirstWithTopicId = 13;

    private readonly short _version;
    private readonly bool _compact;
    private KafkaReader _reader;
    private int _topicsLeft;
    private int _partitionsLeft;

    private ProduceRequestReader(ReadOnlySpan<byte> frame, int bodyOffset, short version)
    {
        _version = version;
        _compact = version >= FirstFlexible;
        _reader = new KafkaReader(frame);
        _reader.Skip(bodyOffset);
        TransactionalId = _reader.ReadStringBytes(_compact, nullable: true, out bool present);
        HasTransactionalId = present;
        Acks = _reader.ReadInt16();
        TimeoutMs = _reader.ReadInt32();
        TopicCount = ReadCount(smallest: version >= FirstWithTopicId ? 18 : _compact ? 3 : 6);
        _topicsLeft = TopicCount;
    }

    /// <summary>Absent unless the producer is transactional.</summary>
    public bool HasTransactionalId { get; }

    /// <summary>UTF-8 as the client sent it.</summary>
    public ReadOnlySpan<byte> TransactionalId { get; }

    /// <summary>
    /// -1 for all in-sync replicas, 1 for the leader, 0 for no answer at all; other values are the caller's to refuse.
    /// </summary>
    public short Acks { get; }

    public int TimeoutMs { get; }

    public int TopicCount { get; }

    /// <summary>UTF-8; empty from version 13 on.</summary>
    public ReadOnlySpan<byte> TopicName { get; private set; }

    /// <summary>Zero before version 13.</summary>
    public Uuid TopicId { get; private set; }

    /// <summary>Of the current topic.</summary>
    public int PartitionCount { get; private set; }

    public int PartitionIndex { get; private set; }

    /// <summary>False when the partition came with null instead of records.</summary>
    public bool HasRecords { get; private set; }

    /// <summary>Where the records begin, counted from the start of the frame.</summary>
    public int RecordsOffset { get; private set; }

    public int RecordsLength { get; private set; }

    /// <summary>Bytes of the frame behind the body; ignored, as in Apache Kafka, but worth counting.</summary>
    public int TrailingBytes { get; private set; }

    /// <summary>
    /// Opens the body that begins at <paramref name="bodyOffset"/>; false when it is malformed or the version is none
    /// of 3 to 13.
    /// </summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> frame, int bodyOffset, short version, out ProduceRequestReader request)
    {
        request = default;
        if (version is < ProduceRequest.LowestVersion or > ProduceRequest.HighestVersion)
        {
            return false;
        }

        ProduceRequestReader walk = new(frame, bodyOffset, version);
        request = walk;
        int partitions = 0;
        while (walk.MoveNextTopic())
        {
            while (walk.MoveNextPartition())
            {
                partitions++;
            }
        }

        walk.EndStruct();
        request.TrailingBytes = walk._reader.Remaining;
        return !walk._reader.Failed && partitions <= PartitionsMax;
    }

    /// <summary>Goes to the next topic; what is left of the current one is passed over.</summary>
    public bool MoveNextTopic()
    {
        while (MoveNextPartition())
        {
        }

        if (_topicsLeft == 0 || _reader.Failed)
        {
            return false;
        }

        _topicsLeft--;
        if (_version >= FirstWithTopicId)
        {
            TopicId = _reader.ReadUuid();
        }
        else
        {
            TopicName = _reader.ReadStringBytes(_compact, nullable: false, out _);
        }

        PartitionCount = ReadCount(smallest: _compact ? 6 : 8);
        _partitionsLeft = PartitionCount;
        EndTopicIfEmpty();
        return true;
    }

    /// <summary>Goes to the next partition of the current topic.</summary>
    public bool MoveNextPartition()
    {
        if (_partitionsLeft == 0 || _reader.Failed)
        {
            return false;
        }

        _partitionsLeft--;
        PartitionIndex = _reader.ReadInt32();
        HasRecords = _reader.TryReadLength(_compact, nullable: true, out int length);
        RecordsOffset = _reader.Position;
        RecordsLength = length;
        _reader.Skip(length);
        EndStruct();
        EndTopicIfEmpty();
        return true;
    }

    private int ReadCount(int smallest) =>
        Math.Max(0, _reader.ReadCount(_compact, nullable: false, smallest, heapSize: 0));

    /// <summary>The tagged fields of a topic follow its last partition.</summary>
    private void EndTopicIfEmpty()
    {
        if (_partitionsLeft == 0)
        {
            EndStruct();
        }
    }

    private void EndStruct()
    {
        if (_compact)
        {
            _reader.SkipTaggedFields();
        }
    }
}
