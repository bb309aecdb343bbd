using Barnabas.Kernel;

namespace Barnabas.Protocol;

/// <summary>
/// An OffsetCommit request (versions 2 to 10) read in place, without allocating. Opening it walks the whole body once
/// and fails where the generated <see cref="OffsetCommitRequest"/> would, or with more than
/// <see cref="PartitionsMax"/>; the walk over topics and partitions that follows cannot fail. A reader is passed on by
/// value, and each copy walks for itself.
/// </summary>
public ref struct OffsetCommitRequestReader
{
    /// <summary>
    /// Partitions of one request; more are malformed. A partition takes some 14 bytes on the wire and twenty times as
    /// many in the coordinator that makes a record of it, and the same one may be named again and again.
    /// </summary>
    public const int PartitionsMax = 200_000;

    private const short LastWithRetention = 4;
    private const short FirstWithLeaderEpoch = 6;
    private const short FirstWithInstance = 7;
    private const short FirstFlexible = 8;
    private const short FirstWithTopicId = 10;

    private readonly short _version;
    private readonly bool _compact;
    private KafkaReader _reader;
    private int _topicsLeft;
    private int _partitionsLeft;

    private OffsetCommitRequestReader(ReadOnlySpan<byte> frame, int bodyOffset, short version)
    {
        _version = version;
        _compact = version >= FirstFlexible;
        _reader = new KafkaReader(frame[bodyOffset..]);
        GroupId = _reader.ReadStringBytes(_compact, nullable: false, out _);
        GenerationIdOrMemberEpoch = _reader.ReadInt32();
        MemberId = _reader.ReadStringBytes(_compact, nullable: false, out _);
        if (version >= FirstWithInstance)
        {
            GroupInstanceId = _reader.ReadStringBytes(_compact, nullable: true, out bool present);
            HasGroupInstanceId = present;
        }

        RetentionTimeMs = version <= LastWithRetention ? _reader.ReadInt64() : -1;
        TopicCount = ReadCount(smallest: version >= FirstWithTopicId ? 18 : _compact ? 3 : 6);
        _topicsLeft = TopicCount;
    }

    /// <summary>UTF-8 as the client sent it.</summary>
    public ReadOnlySpan<byte> GroupId { get; }

    public int GenerationIdOrMemberEpoch { get; }

    /// <summary>UTF-8 as the client sent it.</summary>
    public ReadOnlySpan<byte> MemberId { get; }

    /// <summary>True for a static member.</summary>
    public bool HasGroupInstanceId { get; }

    /// <summary>UTF-8 as the client sent it.</summary>
    public ReadOnlySpan<byte> GroupInstanceId { get; }

    /// <summary>-1 unless an old client names a retention of its own.</summary>
    public long RetentionTimeMs { get; }

    public int TopicCount { get; }

    /// <summary>Partitions of all topics together; known once the request is open.</summary>
    public int PartitionTotal { get; private set; }

    /// <summary>UTF-8; empty from version 10 on.</summary>
    public ReadOnlySpan<byte> TopicName { get; private set; }

    /// <summary>Zero before version 10.</summary>
    public Uuid TopicId { get; private set; }

    /// <summary>Of the current topic.</summary>
    public int PartitionCount { get; private set; }

    public int PartitionIndex { get; private set; }

    public long CommittedOffset { get; private set; }

    /// <summary>-1 if the client does not know it.</summary>
    public int CommittedLeaderEpoch { get; private set; }

    public bool HasCommittedMetadata { get; private set; }

    /// <summary>UTF-8 as the client sent it.</summary>
    public ReadOnlySpan<byte> CommittedMetadata { get; private set; }

    /// <summary>
    /// Opens the body that begins at <paramref name="bodyOffset"/>; false when it is malformed or the version is none
    /// of 2 to 10.
    /// </summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> frame, int bodyOffset, short version, out OffsetCommitRequestReader request)
    {
        request = default;
        if (version is < OffsetCommitRequest.LowestVersion or > OffsetCommitRequest.HighestVersion)
        {
            return false;
        }

        OffsetCommitRequestReader walk = new(frame, bodyOffset, version);
        request = walk;
        while (walk.MoveNextTopic())
        {
            while (walk.MoveNextPartition())
            {
                request.PartitionTotal++;
            }
        }

        walk.EndStruct();
        return !walk._reader.Failed && request.PartitionTotal <= PartitionsMax;
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

        PartitionCount = ReadCount(smallest: _version >= FirstWithLeaderEpoch ? 18 : 14);
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
        CommittedOffset = _reader.ReadInt64();
        CommittedLeaderEpoch = _version >= FirstWithLeaderEpoch ? _reader.ReadInt32() : -1;
        CommittedMetadata = _reader.ReadStringBytes(_compact, nullable: true, out bool present);
        HasCommittedMetadata = present;
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
