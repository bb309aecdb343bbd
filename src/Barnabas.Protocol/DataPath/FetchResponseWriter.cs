using Barnabas.Kernel;

namespace Barnabas.Protocol;

/// <summary>
/// Writes a Fetch response (versions 4 to 18) around records that stay where they are; byte for byte what the generated
/// <see cref="FetchResponse"/> writes. Call <see cref="Begin"/>, then for each topic <see cref="BeginTopic"/> and its
/// partitions, as many as announced, then <see cref="End"/>.
/// <para>
/// A partition is two calls. <see cref="BeginPartition"/> ends with the length of the records: they belong at
/// <see cref="ReplyBuffer.Length"/> then, copied into the buffer or remembered as a file region to be sent at that
/// place. <see cref="EndPartition"/> goes on behind them.
/// </para>
/// </summary>
public ref struct FetchResponseWriter
{
    private const short FirstWithLogStartOffset = 5;
    private const short FirstWithSession = 7;
    private const short FirstWithPreferredReplica = 11;
    private const short FirstFlexible = 12;
    private const short FirstWithTopicId = 13;
    private const short FirstWithEndpoints = 16;

    private readonly ReplyBuffer _buffer;
    private readonly short _version;
    private readonly bool _compact;
    private int _topicsLeft;
    private int _partitionsLeft;

    public FetchResponseWriter(ReplyBuffer buffer, short version)
    {
        Invariant.That(version is >= FetchResponse.LowestVersion and <= FetchResponse.HighestVersion);
        _buffer = buffer;
        _version = version;
        _compact = version >= FirstFlexible;
    }

    /// <param name="errorCode">Of the request as a whole; from version 7 on, as is the session.</param>
    public void Begin(int throttleTimeMs, short errorCode, int sessionId, int topicCount)
    {
        _topicsLeft = topicCount;
        bool hasSession = _version >= FirstWithSession;
        KafkaWriter writer = new(_buffer.Reserve(hasSession ? 10 : 4));
        writer.WriteInt32(throttleTimeMs);
        if (hasSession)
        {
            writer.WriteInt16(errorCode);
            writer.WriteInt32(sessionId);
        }

        WriteCount(topicCount);
    }

    /// <param name="name">UTF-8; unused from version 13 on.</param>
    /// <param name="id">Unused before version 13.</param>
    public void BeginTopic(ReadOnlySpan<byte> name, Uuid id, int partitionCount)
    {
        Invariant.That(_partitionsLeft == 0 && _topicsLeft > 0);
        _topicsLeft--;
        _partitionsLeft = partitionCount;
        KafkaWriter measuring = KafkaWriter.Measuring();
        WriteTopicHead(ref measuring, name, id);
        KafkaWriter writer = new(_buffer.Reserve(measuring.Position));
        WriteTopicHead(ref writer, name, id);
        WriteCount(partitionCount);
        EndTopicIfEmpty();
    }

    /// <param name="recordsLength">Bytes of the records that follow, or -1 for null.</param>
    public readonly void BeginPartition(in FetchPartitionResult result, int recordsLength)
    {
        Invariant.That(_partitionsLeft > 0);
        KafkaWriter measuring = KafkaWriter.Measuring();
        WritePartition(ref measuring, result, recordsLength);
        KafkaWriter writer = new(_buffer.Reserve(measuring.Position));
        WritePartition(ref writer, result, recordsLength);
    }

    /// <summary>Takes the same result again: its tagged fields stand behind the records.</summary>
    public void EndPartition(in FetchPartitionResult result)
    {
        Invariant.That(_partitionsLeft > 0);
        _partitionsLeft--;
        if (_compact)
        {
            KafkaWriter measuring = KafkaWriter.Measuring();
            WritePartitionTags(ref measuring, result);
            KafkaWriter writer = new(_buffer.Reserve(measuring.Position));
            WritePartitionTags(ref writer, result);
        }

        EndTopicIfEmpty();
    }

    /// <param name="endpoints">Where the leaders named in the partitions are found (KIP-951), or null.</param>
    public readonly void End(List<FetchResponse.NodeEndpoint>? endpoints = null)
    {
        Invariant.That(_partitionsLeft == 0 && _topicsLeft == 0);
        if (!_compact)
        {
            return;
        }

        KafkaWriter measuring = KafkaWriter.Measuring();
        WriteEnd(ref measuring, endpoints);
        KafkaWriter writer = new(_buffer.Reserve(measuring.Position));
        WriteEnd(ref writer, endpoints);
    }

    private readonly void WriteTopicHead(ref KafkaWriter writer, ReadOnlySpan<byte> name, Uuid id)
    {
        if (_version >= FirstWithTopicId)
        {
            writer.WriteUuid(id);
        }
        else
        {
            writer.WriteString(name, _compact);
        }
    }

    private readonly void WritePartition(ref KafkaWriter writer, in FetchPartitionResult result, int recordsLength)
    {
        writer.WriteInt32(result.Index);
        writer.WriteInt16(result.ErrorCode);
        writer.WriteInt64(result.HighWatermark);
        writer.WriteInt64(result.LastStableOffset);
        if (_version >= FirstWithLogStartOffset)
        {
            writer.WriteInt64(result.LogStartOffset);
        }

        List<FetchResponse.AbortedTransaction>? aborted = result.AbortedTransactions;
        writer.WriteCount(aborted?.Count ?? -1, _compact);
        if (aborted is not null)
        {
            foreach (FetchResponse.AbortedTransaction transaction in aborted)
            {
                transaction.Write(ref writer, _version);
            }
        }

        if (_version >= FirstWithPreferredReplica)
        {
            writer.WriteInt32(result.PreferredReadReplica);
        }

        writer.WriteCount(recordsLength, _compact);
    }

    private static void WritePartitionTags(ref KafkaWriter writer, in FetchPartitionResult result)
    {
        const int EpochAndOffsetSize = sizeof(int) + sizeof(long) + 1;
        writer.WriteUnsignedVarint(
            (result.HasDivergingEpoch ? 1 : 0) + (result.HasLeader ? 1 : 0) + (result.HasSnapshot ? 1 : 0));
        if (result.HasDivergingEpoch)
        {
            writer.WriteTag(0, EpochAndOffsetSize);
            writer.WriteInt32(result.DivergingEpoch);
            writer.WriteInt64(result.DivergingEndOffset);
            writer.WriteUnsignedVarint(0);
        }

        if (result.HasLeader)
        {
            writer.WriteTag(1, sizeof(int) + sizeof(int) + 1);
            writer.WriteInt32(result.LeaderId);
            writer.WriteInt32(result.LeaderEpoch);
            writer.WriteUnsignedVarint(0);
        }

        if (result.HasSnapshot)
        {
            writer.WriteTag(2, EpochAndOffsetSize);
            writer.WriteInt64(result.SnapshotEndOffset);
            writer.WriteInt32(result.SnapshotEpoch);
            writer.WriteUnsignedVarint(0);
        }
    }

    private readonly void WriteEnd(ref KafkaWriter writer, List<FetchResponse.NodeEndpoint>? endpoints)
    {
        bool hasEndpoints = _version >= FirstWithEndpoints && endpoints is { Count: > 0 };
        writer.WriteUnsignedVarint(hasEndpoints ? 1 : 0);
        if (hasEndpoints)
        {
            KafkaWriter measuring = KafkaWriter.Measuring();
            WriteEndpoints(ref measuring, endpoints!);
            writer.WriteTag(0, measuring.Position);
            WriteEndpoints(ref writer, endpoints!);
        }
    }

    private readonly void WriteEndpoints(ref KafkaWriter writer, List<FetchResponse.NodeEndpoint> endpoints)
    {
        writer.WriteCount(endpoints.Count, compact: true);
        foreach (FetchResponse.NodeEndpoint endpoint in endpoints)
        {
            endpoint.Write(ref writer, _version);
        }
    }

    private readonly void WriteCount(int count)
    {
        KafkaWriter writer = new(_buffer.Reserve(_compact ? Varint.SizeOf((uint)count + 1) : sizeof(int)));
        writer.WriteCount(count, _compact);
    }

    /// <summary>The tagged fields of a topic follow its last partition; there are none.</summary>
    private readonly void EndTopicIfEmpty()
    {
        if (_partitionsLeft == 0 && _compact)
        {
            _buffer.Reserve(1)[0] = 0;
        }
    }
}
