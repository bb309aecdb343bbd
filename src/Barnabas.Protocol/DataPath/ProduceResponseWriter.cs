using Barnabas.Kernel;

namespace Barnabas.Protocol;

/// <summary>
/// Writes a Produce response (versions 3 to 13) without building it first; byte for byte what the generated
/// <see cref="ProduceResponse"/> writes. Call <see cref="BeginTopics"/>, then for each topic <see cref="BeginTopic"/>
/// and its partitions, as many as announced, then <see cref="End"/>.
/// </summary>
public ref struct ProduceResponseWriter
{
    private const short FirstWithLogStartOffset = 5;
    private const short FirstWithRecordErrors = 8;
    private const short FirstFlexible = 9;
    private const short FirstWithLeader = 10;
    private const short FirstWithTopicId = 13;

    private readonly ReplyBuffer _buffer;
    private readonly short _version;
    private readonly bool _compact;
    private int _topicsLeft;
    private int _partitionsLeft;

    public ProduceResponseWriter(ReplyBuffer buffer, short version)
    {
        Invariant.That(version is >= ProduceResponse.LowestVersion and <= ProduceResponse.HighestVersion);
        _buffer = buffer;
        _version = version;
        _compact = version >= FirstFlexible;
    }

    public void BeginTopics(int count)
    {
        _topicsLeft = count;
        WriteCount(count);
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

    public void WritePartition(in ProducePartitionResult result)
    {
        Invariant.That(_partitionsLeft > 0);
        _partitionsLeft--;
        KafkaWriter measuring = KafkaWriter.Measuring();
        WritePartition(ref measuring, result);
        KafkaWriter writer = new(_buffer.Reserve(measuring.Position));
        WritePartition(ref writer, result);
        EndTopicIfEmpty();
    }

    /// <param name="throttleTimeMs">How long the client should pause because of a quota.</param>
    /// <param name="endpoints">Where the leaders named in the partitions are found, or null.</param>
    public readonly void End(int throttleTimeMs, List<ProduceResponse.NodeEndpoint>? endpoints = null)
    {
        Invariant.That(_partitionsLeft == 0 && _topicsLeft == 0);
        KafkaWriter measuring = KafkaWriter.Measuring();
        WriteEnd(ref measuring, throttleTimeMs, endpoints);
        KafkaWriter writer = new(_buffer.Reserve(measuring.Position));
        WriteEnd(ref writer, throttleTimeMs, endpoints);
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

    private readonly void WritePartition(ref KafkaWriter writer, in ProducePartitionResult result)
    {
        writer.WriteInt32(result.Index);
        writer.WriteInt16(result.ErrorCode);
        writer.WriteInt64(result.BaseOffset);
        writer.WriteInt64(result.LogAppendTimeMs);
        if (_version >= FirstWithLogStartOffset)
        {
            writer.WriteInt64(result.LogStartOffset);
        }

        if (_version >= FirstWithRecordErrors)
        {
            WriteRecordErrors(ref writer, result.RecordErrors);
            writer.WriteNullableString(result.ErrorMessage, _compact);
        }

        if (!_compact)
        {
            return;
        }

        bool hasLeader = result.HasLeader && _version >= FirstWithLeader;
        writer.WriteUnsignedVarint(hasLeader ? 1 : 0);
        if (hasLeader)
        {
            writer.WriteTag(0, sizeof(int) + sizeof(int) + 1);
            writer.WriteInt32(result.LeaderId);
            writer.WriteInt32(result.LeaderEpoch);
            writer.WriteUnsignedVarint(0);
        }
    }

    private readonly void WriteRecordErrors(
        ref KafkaWriter writer, List<ProduceResponse.BatchIndexAndErrorMessage>? errors)
    {
        writer.WriteCount(errors?.Count ?? 0, _compact);
        if (errors is not null)
        {
            foreach (ProduceResponse.BatchIndexAndErrorMessage error in errors)
            {
                error.Write(ref writer, _version);
            }
        }
    }

    private readonly void WriteEnd(
        ref KafkaWriter writer, int throttleTimeMs, List<ProduceResponse.NodeEndpoint>? endpoints)
    {
        writer.WriteInt32(throttleTimeMs);
        if (!_compact)
        {
            return;
        }

        bool hasEndpoints = _version >= FirstWithLeader && endpoints is { Count: > 0 };
        writer.WriteUnsignedVarint(hasEndpoints ? 1 : 0);
        if (hasEndpoints)
        {
            KafkaWriter measuring = KafkaWriter.Measuring();
            WriteEndpoints(ref measuring, endpoints!);
            writer.WriteTag(0, measuring.Position);
            WriteEndpoints(ref writer, endpoints!);
        }
    }

    private readonly void WriteEndpoints(ref KafkaWriter writer, List<ProduceResponse.NodeEndpoint> endpoints)
    {
        writer.WriteCount(endpoints.Count, compact: true);
        foreach (ProduceResponse.NodeEndpoint endpoint in endpoints)
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
