using Barnabas.Kernel;

namespace Barnabas.Protocol;

/// <summary>
/// A Fetch request (versions 4 to 18) read in place, without allocating. Opening it walks the whole body once and fails
/// where the generated <see cref="FetchRequest"/> would; the walks over its topics that follow cannot fail.
/// <code>
/// while (request.MoveNextTopic())
///     while (request.MoveNextPartition()) { … }
/// while (request.MoveNextForgottenTopic())
///     while (request.MoveNextForgottenPartition()) { … }
/// </code>
/// <para>
/// Versions: 5 log start offset of a follower; 7 sessions (KIP-227); 9 the leader epoch known to the client (KIP-320);
/// 11 rack (KIP-392); 12 flexible, last fetched epoch; 13 topics by id (KIP-516); 15 the replica in a tagged field with
/// its epoch (KIP-903); 17 its directory (KIP-853); 18 the high watermark it knows (KIP-1166).
/// </para>
/// </summary>
public ref struct FetchRequestReader
{
    /// <summary>Partitions of one request, and of one session; more in a request are malformed.</summary>
    public const int PartitionsMax = 200_000;

    private const short FirstWithLogStartOffset = 5;
    private const short FirstWithSession = 7;
    private const short FirstWithLeaderEpoch = 9;
    private const short FirstWithRack = 11;
    private const short FirstFlexible = 12;
    private const short FirstWithTopicId = 13;
    private const short FirstWithReplicaState = 15;
    private const short FirstWithDirectoryId = 17;
    private const short FirstWithHighWatermark = 18;

    private readonly short _version;
    private readonly bool _compact;
    private KafkaReader _topics;
    private KafkaReader _forgotten;
    private int _topicsLeft;
    private int _partitionsLeft;
    private int _forgottenTopicsLeft;
    private int _forgottenPartitionsLeft;

    private FetchRequestReader(ReadOnlySpan<byte> frame, int bodyOffset, short version)
    {
        _version = version;
        _compact = version >= FirstFlexible;
        _topics = new KafkaReader(frame);
        _topics.Skip(bodyOffset);
        ReplicaId = version < FirstWithReplicaState ? _topics.ReadInt32() : -1;
        MaxWaitMs = _topics.ReadInt32();
        MinBytes = _topics.ReadInt32();
        MaxBytes = _topics.ReadInt32();
        IsolationLevel = _topics.ReadInt8();
        SessionEpoch = -1;
        if (version >= FirstWithSession)
        {
            SessionId = _topics.ReadInt32();
            SessionEpoch = _topics.ReadInt32();
        }

        ReplicaEpoch = -1;
        TopicCount = ReadCount(ref _topics, version >= FirstWithTopicId ? 18 : _compact ? 3 : 6);
        _topicsLeft = TopicCount;
    }

    /// <summary>The broker that fetches as a follower, or -1 for a client.</summary>
    public int ReplicaId { get; private set; }

    /// <summary>The epoch of that broker's registration, or -1.</summary>
    public long ReplicaEpoch { get; private set; }

    public int MaxWaitMs { get; }

    public int MinBytes { get; }

    public int MaxBytes { get; }

    /// <summary>0 reads everything below the high watermark, 1 only what is decided.</summary>
    public sbyte IsolationLevel { get; }

    /// <summary>0 without a session.</summary>
    public int SessionId { get; }

    /// <summary>-1 without a session, 0 to ask for one.</summary>
    public int SessionEpoch { get; }

    public int TopicCount { get; }

    public int ForgottenTopicCount { get; private set; }

    /// <summary>UTF-8; empty before version 11.</summary>
    public ReadOnlySpan<byte> RackId { get; private set; }

    public bool HasClusterId { get; private set; }

    public ReadOnlySpan<byte> ClusterId { get; private set; }

    /// <summary>UTF-8; empty from version 13 on.</summary>
    public ReadOnlySpan<byte> TopicName { get; private set; }

    /// <summary>Zero before version 13.</summary>
    public Uuid TopicId { get; private set; }

    /// <summary>Of the current topic.</summary>
    public int PartitionCount { get; private set; }

    /// <summary>The current partition.</summary>
    public FetchPartitionRequest Partition { get; private set; }

    /// <summary>UTF-8; empty from version 13 on.</summary>
    public ReadOnlySpan<byte> ForgottenTopicName { get; private set; }

    /// <summary>Zero before version 13.</summary>
    public Uuid ForgottenTopicId { get; private set; }

    public int ForgottenPartition { get; private set; }

    /// <summary>Bytes of the frame behind the body; ignored, as in Apache Kafka, but worth counting.</summary>
    public int TrailingBytes { get; private set; }

    /// <summary>
    /// Opens the body that begins at <paramref name="bodyOffset"/>; false when it is malformed or the version is none
    /// of 4 to 18.
    /// </summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> frame, int bodyOffset, short version, out FetchRequestReader request)
    {
        request = default;
        if (version is < FetchRequest.LowestVersion or > FetchRequest.HighestVersion)
        {
            return false;
        }

        FetchRequestReader opened = new(frame, bodyOffset, version);
        FetchRequestReader walk = opened;
        int partitions = 0;
        while (walk.MoveNextTopic())
        {
            while (walk.MoveNextPartition())
            {
                partitions++;
            }
        }

        KafkaReader end = walk._topics;
        opened.OpenForgotten(ref end);
        opened.ReadEnd(ref end);
        request = opened;
        return !end.Failed && partitions <= PartitionsMax;
    }

    /// <summary>Goes to the next topic; what is left of the current one is passed over.</summary>
    public bool MoveNextTopic()
    {
        while (MoveNextPartition())
        {
        }

        if (_topicsLeft == 0 || _topics.Failed)
        {
            return false;
        }

        _topicsLeft--;
        if (_version >= FirstWithTopicId)
        {
            TopicId = _topics.ReadUuid();
        }
        else
        {
            TopicName = _topics.ReadStringBytes(_compact, nullable: false, out _);
        }

        PartitionCount = ReadCount(ref _topics, SmallestPartition());
        _partitionsLeft = PartitionCount;
        EndStructAfterLast(ref _topics, _partitionsLeft);
        return true;
    }

    /// <summary>Goes to the next partition of the current topic.</summary>
    public bool MoveNextPartition()
    {
        if (_partitionsLeft == 0 || _topics.Failed)
        {
            return false;
        }

        _partitionsLeft--;
        Partition = ReadPartition();
        EndStructAfterLast(ref _topics, _partitionsLeft);
        return true;
    }

    /// <summary>Goes to the next topic that leaves the session.</summary>
    public bool MoveNextForgottenTopic()
    {
        while (MoveNextForgottenPartition())
        {
        }

        if (_forgottenTopicsLeft == 0 || _forgotten.Failed)
        {
            return false;
        }

        _forgottenTopicsLeft--;
        if (_version >= FirstWithTopicId)
        {
            ForgottenTopicId = _forgotten.ReadUuid();
        }
        else
        {
            ForgottenTopicName = _forgotten.ReadStringBytes(_compact, nullable: false, out _);
        }

        _forgottenPartitionsLeft = ReadCount(ref _forgotten, sizeof(int));
        EndStructAfterLast(ref _forgotten, _forgottenPartitionsLeft);
        return true;
    }

    /// <summary>Goes to the next partition of the topic that leaves the session.</summary>
    public bool MoveNextForgottenPartition()
    {
        if (_forgottenPartitionsLeft == 0 || _forgotten.Failed)
        {
            return false;
        }

        _forgottenPartitionsLeft--;
        ForgottenPartition = _forgotten.ReadInt32();
        EndStructAfterLast(ref _forgotten, _forgottenPartitionsLeft);
        return true;
    }

    /// <summary>Remembers where the forgotten topics begin and walks over them.</summary>
    private void OpenForgotten(scoped ref KafkaReader end)
    {
        if (_version < FirstWithSession)
        {
            return;
        }

        ForgottenTopicCount = ReadCount(ref end, _version >= FirstWithTopicId ? 18 : _compact ? 3 : 6);
        _forgottenTopicsLeft = ForgottenTopicCount;
        _forgotten = end;
        FetchRequestReader walk = this;
        while (walk.MoveNextForgottenTopic())
        {
        }

        if (ForgottenTopicCount > 0)
        {
            end = walk._forgotten;
        }
    }

    private void ReadEnd(scoped ref KafkaReader end)
    {
        if (_version >= FirstWithRack)
        {
            RackId = end.ReadStringBytes(_compact, nullable: false, out _);
        }

        if (_compact)
        {
            for (int tags = end.ReadTagCount(); tags > 0 && !end.Failed; tags--)
            {
                ReadRequestTag(ref end);
            }
        }

        TrailingBytes = end.Remaining;
    }

    private void ReadRequestTag(scoped ref KafkaReader end)
    {
        switch (end.ReadTag(out int size))
        {
            case 0:
                ClusterId = end.ReadStringBytes(compact: true, nullable: true, out bool present);
                HasClusterId = present;
                break;
            case 1 when _version >= FirstWithReplicaState:
                ReplicaId = end.ReadInt32();
                ReplicaEpoch = end.ReadInt64();
                end.SkipTaggedFields();
                break;
            case 1:
                end.Fail();
                break;
            default:
                end.SkipTag(size);
                break;
        }
    }

    private FetchPartitionRequest ReadPartition()
    {
        int index = _topics.ReadInt32();
        int leaderEpoch = _version >= FirstWithLeaderEpoch ? _topics.ReadInt32() : -1;
        long fetchOffset = _topics.ReadInt64();
        int lastFetchedEpoch = _version >= FirstFlexible ? _topics.ReadInt32() : -1;
        long logStartOffset = _version >= FirstWithLogStartOffset ? _topics.ReadInt64() : -1;
        int maxBytes = _topics.ReadInt32();
        FetchPartitionRequest partition = new(
            index, leaderEpoch, fetchOffset, lastFetchedEpoch, logStartOffset, maxBytes, default, long.MaxValue);
        if (_compact)
        {
            for (int tags = _topics.ReadTagCount(); tags > 0 && !_topics.Failed; tags--)
            {
                ReadPartitionTag(ref partition);
            }
        }

        return partition;
    }

    private void ReadPartitionTag(ref FetchPartitionRequest partition)
    {
        switch (_topics.ReadTag(out int size))
        {
            case 0 when _version >= FirstWithDirectoryId:
                partition = partition with { ReplicaDirectoryId = _topics.ReadUuid() };
                break;
            case 1 when _version >= FirstWithHighWatermark:
                partition = partition with { HighWatermark = _topics.ReadInt64() };
                break;
            // A known tag in a version that does not have it yet is an error, as Apache Kafka has it.
            case 0 or 1:
                _topics.Fail();
                break;
            default:
                _topics.SkipTag(size);
                break;
        }
    }

    private readonly int SmallestPartition() => _version switch
    {
        >= FirstFlexible => 33,
        >= FirstWithLeaderEpoch => 28,
        >= FirstWithLogStartOffset => 24,
        _ => 16,
    };

    private readonly int ReadCount(ref KafkaReader reader, int smallest) =>
        Math.Max(0, reader.ReadCount(_compact, nullable: false, smallest, heapSize: 0));

    /// <summary>The tagged fields of a topic follow its last partition.</summary>
    private readonly void EndStructAfterLast(ref KafkaReader reader, int left)
    {
        if (left == 0 && _compact)
        {
            reader.SkipTaggedFields();
        }
    }
}
