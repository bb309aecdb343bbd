using System.Buffers.Binary;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>Frames as clients send them, well formed or with one thing wrong.</summary>
internal static class Wire
{
    /// <summary>A whole frame with its length in front.</summary>
    public static byte[] Frame(IApiMessage message, short version, int correlationId = 7, string? clientId = "test") =>
        Frame((short)message.ApiKey, version, Body(message, version), correlationId, clientId);

    public static byte[] Frame(
        short api, short version, ReadOnlySpan<byte> body, int correlationId = 7, string? clientId = "test")
    {
        byte[] header = Header(api, version, correlationId, clientId);
        return WithLength([.. header, .. body]);
    }

    /// <summary>Puts the true length in front.</summary>
    public static byte[] WithLength(ReadOnlySpan<byte> frame) => WithLength(frame.Length, frame);

    /// <summary>Puts any length in front.</summary>
    public static byte[] WithLength(int length, ReadOnlySpan<byte> frame)
    {
        byte[] bytes = new byte[sizeof(int) + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        frame.CopyTo(bytes.AsSpan(sizeof(int)));
        return bytes;
    }

    public static byte[] Body(IMessage message, short version)
    {
        byte[] body = new byte[message.Measure(version)];
        KafkaWriter writer = new(body);
        message.Write(ref writer, version);
        return body;
    }

    public static byte[] Header(short api, short version, int correlationId = 7, string? clientId = "test")
    {
        short headerVersion = ApiKeys.Find(api)?.RequestHeaderVersion(version) ?? 1;
        return Body(
            new RequestHeader
            {
                RequestApiKey = api,
                RequestApiVersion = version,
                CorrelationId = correlationId,
                ClientId = clientId,
            },
            headerVersion);
    }

    public static TResponse Decode<TResponse>(byte[] reply, short version, int correlationId = 7)
        where TResponse : class, IApiMessage, new()
    {
        TResponse response = new();
        KafkaReader reader = new(reply);
        Assert.Equal(correlationId, reader.ReadInt32());
        if (ApiKeys.Get(response.ApiKey).ResponseHeaderVersion(version) >= 1)
        {
            reader.SkipTaggedFields();
        }

        response.Read(ref reader, version);
        Assert.False(reader.Failed, $"The reply to {response.ApiKey} {version} cannot be read.");
        Assert.Equal(0, reader.Remaining);
        return response;
    }

    /// <summary>A Produce of one partition, by topic name.</summary>
    public static ProduceRequest Produce(
        string topic, ReadOnlyMemory<byte>? records, short acks = -1, int partition = 0, int timeoutMs = 5_000)
    {
        ProduceRequest request = new() { Acks = acks, TimeoutMs = timeoutMs };
        ProduceRequest.TopicProduceData data = new() { Name = topic };
        data.PartitionData.Add(new() { Index = partition, Records = records });
        request.TopicData.Add(data);
        return request;
    }

    /// <summary>A Fetch of one partition without a session, by topic name.</summary>
    public static FetchRequest Fetch(
        string topic, long offset, int maxWaitMs = 0, int minBytes = 1, int maxBytes = 1 << 20, int partition = 0)
    {
        FetchRequest request = new()
        {
            MaxWaitMs = maxWaitMs,
            MinBytes = minBytes,
            MaxBytes = 50 << 20,
            SessionEpoch = -1,
        };
        FetchRequest.FetchTopic asked = new() { Topic = topic };
        asked.Partitions.Add(new()
        {
            Partition = partition,
            FetchOffset = offset,
            PartitionMaxBytes = maxBytes,
            CurrentLeaderEpoch = -1,
            LastFetchedEpoch = -1,
            LogStartOffset = -1,
        });
        request.Topics.Add(asked);
        return request;
    }
}
