using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Replication;

namespace Barnabas.Broker.Tests;

/// <summary>
/// Produce and Fetch in their steady state allocate nothing: measured on this thread, which is the reactor, over
/// thousands of requests that go through a real connection, the real handlers and a real log.
/// </summary>
public sealed class SteadyAllocationTests : IDisposable
{
    private readonly SteadyNode _node = new();
    private readonly Uuid _topicId;

    public SteadyAllocationTests()
    {
        _topicId = Uuid.Random(_node.Entropy);
        _node.Lead(new TopicPartition("t", 0), _topicId);
        IMailbox blocking = _node.NewBlockingMailbox();
        TrafficCounters counters = new();
        _node.Serve(
            new ProduceHandler(_node.Topics, TimeProvider.System, new FlushBeforeAcknowledge(blocking), counters),
            new FetchHandler(
                _node.Topics, new FetchSessionCache(10, _node.Entropy), new FetchLimits(), blocking, counters));
    }

    public void Dispose() => _node.Dispose();

    [Theory]
    [InlineData(9, 1, 1)]
    [InlineData(9, -1, 50)]
    [InlineData(13, -1, 50)]
    public void Produce_allocates_nothing(short version, short acks, int records)
    {
        byte[] batch = TestBatch.Of([.. Enumerable.Repeat("a value of some length", records)]);
        ProduceRequest request = Wire.Produce("t", batch, acks);
        request.TopicData[0].TopicId = version >= 13 ? _topicId : default;
        request.TopicData[0].Name = version >= 13 ? "" : "t";
        _node.AssertAllocatesNothing(Wire.Frame(request, version));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(17)]
    public void Fetch_without_a_session_allocates_nothing(short version)
    {
        Produce(20);
        _node.AssertAllocatesNothing(Wire.Frame(Fetch(version, epoch: -1, id: 0), version));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(17)]
    public void Fetch_in_a_session_allocates_nothing(short version)
    {
        Produce(20);
        _node.Transport.Arrive(Wire.Frame(Fetch(version, epoch: 0, id: 0), version));
        FetchResponse begun = Wire.Decode<FetchResponse>(Assert.Single(_node.Transport.TakeFrames()), version);
        Assert.NotEqual(0, begun.SessionId);
        FetchRequest next = Fetch(version, epoch: 1, id: begun.SessionId);
        next.Topics.Clear();
        byte[] frame = Wire.Frame(next, version);
        // The epoch lies behind max wait, min bytes, max bytes, isolation level and session id.
        int epochAt = 4 + Wire.Header((short)ApiKey.Fetch, version).Length + (version >= 15 ? 17 : 21);
        _node.AssertAllocatesNothing(frame, n => TestBatch.PutInt32(frame, epochAt, n + 1));
    }

    [Fact]
    public void A_fetch_that_waits_and_is_woken_by_a_produce_allocates_nothing()
    {
        FetchRequest request = Fetch(12, epoch: -1, id: 0);
        request.MaxWaitMs = 60_000;
        byte[] fetch = Wire.Frame(request, 12);
        int offsetAt = fetch.AsSpan().IndexOf(BitConverter.GetBytes(0x1122334455667788L).Reverse().ToArray());
        Assert.Equal(-1, offsetAt);
        request.Topics[0].Partitions[0].FetchOffset = 0x1122334455667788L;
        fetch = Wire.Frame(request, 12);
        offsetAt = fetch.AsSpan().IndexOf(BitConverter.GetBytes(0x1122334455667788L).Reverse().ToArray());
        byte[] produce = Wire.Frame(Wire.Produce("t", TestBatch.Of("a")), 9);
        byte[] both = [.. fetch, .. produce];
        _node.AssertAllocatesNothing(
            both,
            n => System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(both.AsSpan(offsetAt), n));
    }

    private void Produce(int batches)
    {
        for (int i = 0; i < batches; i++)
        {
            _node.Transport.Arrive(Wire.Frame(Wire.Produce("t", TestBatch.Of("a", "b")), 9));
        }

        Assert.Equal(batches, _node.Transport.TakeFrames().Count);
    }

    private FetchRequest Fetch(short version, int epoch, int id)
    {
        FetchRequest request = Wire.Fetch("t", 0);
        request.SessionEpoch = epoch;
        request.SessionId = id;
        if (version >= 13)
        {
            request.Topics[0].Topic = "";
            request.Topics[0].TopicId = _topicId;
        }

        return request;
    }
}
