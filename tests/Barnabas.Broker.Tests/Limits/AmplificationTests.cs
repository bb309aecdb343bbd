using System.Diagnostics;
using Barnabas.Kernel;
using Barnabas.Platform;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Broker.Tests;

/// <summary>Small requests that would become large in a careless broker. Each is measured by what the whole process
/// allocates.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class AmplificationTests : IDisposable
{
    private readonly TestNode _node = TestNode.Start();

    public AmplificationTests()
    {
        _node.CreateTopic("t");
    }

    public void Dispose()
    {
        Assert.Empty(_node.Faults);
        _node.Dispose();
    }

    [Fact]
    public void M8_a_long_unknown_name_with_many_partitions_is_not_copied_for_each()
    {
        ProduceRequest request = Wire.Produce(new string('n', 32_000), null, timeoutMs: 100);
        for (int i = 1; i < 50_000; i++)
        {
            request.TopicData[0].PartitionData.Add(new() { Index = i });
        }

        AssertBounded(Wire.Frame(request, 9), closes: false);
    }

    [Fact]
    public void M26_a_fetch_of_a_long_unknown_name_with_many_partitions_is_not_copied_for_each()
    {
        FetchRequest request = Wire.Fetch(new string('n', 32_000), 0);
        for (int i = 1; i < 50_000; i++)
        {
            request.Topics[0].Partitions.Add(new() { Partition = i });
        }

        AssertBounded(Wire.Frame(request, 11), closes: false);
    }

    [Fact]
    public void M26_a_million_partitions_end_the_connection()
    {
        FetchRequest request = Wire.Fetch("t", 0);
        for (int i = 1; i < 1_000_000; i++)
        {
            request.Topics[0].Partitions.Add(new() { Partition = i });
        }

        AssertBounded(Wire.Frame(request, 11), closes: true);
    }

    [Fact]
    public void M9_twenty_million_tags_end_the_connection()
    {
        byte[] body = new byte[40_000_000];
        // No topics, two flags, then a tag section that claims 20 million tags of no bytes.
        byte[] head = [1, 0, 0, 0x80, 0xda, 0xc4, 0x09];
        head.CopyTo(body, 0);
        AssertBounded(Wire.Frame((short)ApiKey.Metadata, 12, body), closes: true);
    }

    [Fact]
    public void M27_a_million_topic_names_end_the_connection_or_are_refused()
    {
        byte[] body = new byte[4 + (14 * 1_000_000) + 5];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(body, 1_000_000);
        // Each of the topics: an empty name, no partitions, no factor, no assignment, no configuration.
        AssertBounded(Wire.Frame((short)ApiKey.CreateTopics, 2, body), closes: null);
    }

    [Fact]
    public void M24_a_bomb_costs_no_more_than_the_limit_allows()
    {
        RecordBatchBuilder builder = new(NativeCodecs.Create(), 256 << 20);
        builder.Reset(new RecordBatchTemplate { Compression = CompressionType.Gzip });
        Assert.True(builder.TryAppend(TestBatch.Now, "k"u8, new byte[60 << 20]));
        byte[] bomb = builder.Build().ToArray();
        Assert.True(bomb.Length < 1 << 20);
        using RawConnection connection = _node.Connect();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        ProduceResponse response = connection.Ask<ProduceResponse>(Wire.Produce("t", bomb), 9);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        // It is unpacked as a whole to be checked, into memory that doubles: three times the limit of 64 MiB at most.
        Assert.Equal(ErrorCode.None, (ErrorCode)response.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.True(allocated < 192 << 20, $"{allocated >> 20} MiB were allocated for {bomb.Length >> 10} KiB.");
    }

    /// <summary>
    /// Four times the frame, and what the items of 200,000 partitions may take while the request is handled.
    /// </summary>
    private void AssertBounded(byte[] frame, bool? closes)
    {
        using RawConnection connection = _node.Connect();
        Stopwatch clock = Stopwatch.StartNew();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        byte[]? reply;
        try
        {
            connection.Send(frame);
            reply = connection.Receive();
        }
        catch (System.Net.Sockets.SocketException)
        {
            reply = null;
        }

        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before - (reply?.Length ?? 0);
        if (closes is { } expected)
        {
            Assert.Equal(expected, reply is null);
        }

        Assert.True(
            allocated < (4L * frame.Length) + (64 << 20),
            $"{allocated >> 20} MiB were allocated for a frame of {frame.Length >> 10} KiB.");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"took {clock.Elapsed}");
        using RawConnection other = _node.Connect();
        Assert.Equal(0, other.Ask<ApiVersionsResponse>(new ApiVersionsRequest(), 0).ErrorCode);
    }
}
