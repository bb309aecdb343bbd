using Barnabas.Kernel;
using Barnabas.Platform;
using Barnabas.Protocol;
using Barnabas.Records;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker.Tests;

/// <summary>
/// Produce and Fetch in their steady state allocate nothing: measured on this thread, which is the reactor, over
/// thousands of requests that go through a real connection, the real handlers and a real log.
/// </summary>
public sealed class SteadyAllocationTests : IDisposable
{
    /// <summary>
    /// Each index entry (one for 4 KiB of log) takes 8 or 12 bytes, in arrays that double. That is the log's, not the
    /// request's: here there are none.
    /// </summary>
    private static readonly LogConfig Config = LogConfig.Default with { IndexIntervalBytes = int.MaxValue };

    private const int WarmUp = 2_000;
    private const int WindowsMax = 3;
    private const int Measured = 10_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("barnabas-steady").FullName;
    private readonly PlatformSeams _platform =
        PlatformSeams.Create(new TransportOptions { Reactors = 1, OnFault = static (_, _) => { } });

    private readonly LogDirectories _directories;
    private readonly TestReactor _reactor = new();
    private readonly ScriptedTransport _transport;
    private readonly Connection _connection;
    private readonly Uuid _topicId = Uuid.Random(new SteadyEntropy());
    private readonly ReusedBytes _arriving = new();

    public SteadyAllocationTests()
    {
        IDisk disk = _platform.Seams.Disk;
        CompressionCodecs codecs = NativeCodecs.Create();
        RecordScratchPool scratch = new(capacity: 2);
        LogServices services = new(
            disk, _platform.Seams.Entropy, new RecordBatchValidator(codecs, scratch), codecs, scratch);
        Directory.CreateDirectory(_folder);
        LogDirectories.Format(disk, _folder, TestNode.ClusterId, 1, Uuid.Random(_platform.Seams.Entropy));
        _directories = LogDirectories.Open(new LogDirectoriesOptions([_folder], 1), services);
        TopicPartition id = new("t", 0);
        PartitionLog log = _directories.All[0].Open(id, _topicId, Config, TestBatch.Now).Log!;
        Partition partition = Partition.Online(id, _topicId, new BrokerId(1), log);
        partition.Apply(new PartitionLeadership(
            new BrokerId(1), true, new LeaderEpoch(0), 0, [new BrokerId(1)], [new BrokerId(1)]));
        LocalTopics topics = new();
        topics.Put(partition);

        IMailbox blocking = _platform.Seams.Scheduler.CreateBlockingMailbox("blocking", threads: 1);
        TrafficCounters counters = new();
        RequestDispatcher table = new();
        table.Add(new ProduceHandler(topics, TimeProvider.System, new FlushBeforeAcknowledge(blocking), counters));
        table.Add(new FetchHandler(
            topics, new FetchSessionCache(10, new SteadyEntropy()), new FetchLimits(), blocking, counters));
        ReactorWorkspace workspace = new(_reactor);
        ConnectionLimits limits = new();
        ConnectionGate gate = new(
            "PLAINTEXT",
            limits,
            new ConnectionQuota(limits),
            table,
            _ => workspace,
            new BufferPool(),
            new ConnectionCounters(TimeProvider.System));
        _transport = new ScriptedTransport(_reactor);
        _connection = (Connection)gate.Accept(_transport)!;
        _transport.Handler = _connection;
    }

    public void Dispose()
    {
        _connection.Close();
        _directories.All[0].Close(-1);
        _directories.All[0].Dispose();
        _platform.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

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
        AssertSteady(Wire.Frame(request, version), Measured);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(17)]
    public void Fetch_without_a_session_allocates_nothing(short version)
    {
        Produce(20);
        AssertSteady(Wire.Frame(Fetch(version, epoch: -1, id: 0), version), Measured);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(17)]
    public void Fetch_in_a_session_allocates_nothing(short version)
    {
        Produce(20);
        _transport.Arrive(Wire.Frame(Fetch(version, epoch: 0, id: 0), version));
        FetchResponse begun = Wire.Decode<FetchResponse>(Assert.Single(_transport.TakeFrames()), version);
        Assert.NotEqual(0, begun.SessionId);
        FetchRequest next = Fetch(version, epoch: 1, id: begun.SessionId);
        next.Topics.Clear();
        byte[] frame = Wire.Frame(next, version);
        // The epoch lies behind max wait, min bytes, max bytes, isolation level and session id.
        int epochAt = 4 + Wire.Header((short)ApiKey.Fetch, version).Length + (version >= 15 ? 17 : 21);
        AssertSteady(frame, Measured, n => TestBatch.PutInt32(frame, epochAt, n + 1));
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
        AssertSteady(
            both,
            Measured,
            n => System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(both.AsSpan(offsetAt), n));
    }

    private void Produce(int batches)
    {
        for (int i = 0; i < batches; i++)
        {
            _transport.Arrive(Wire.Frame(Wire.Produce("t", TestBatch.Of("a", "b")), 9));
        }

        Assert.Equal(batches, _transport.TakeFrames().Count);
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

    /// <summary>Sends the same frame again and again; <paramref name="change"/> may alter it before each.</summary>
    private void AssertSteady(byte[] frame, int requests, Action<int>? change = null)
    {
        _transport.Source = _arriving;
        int done = 0;
        for (; done < WarmUp; done++)
        {
            Once(frame, done, change);
        }

        // A small object that the runtime or a pool makes once, late, is no cost of a request; one that comes with a
        // request, or with one of ten thousand, would stand in every window.
        long allocated = long.MaxValue;
        for (int window = 1; window <= WindowsMax && allocated != 0; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int end = done + requests; done < end; done++)
            {
                Once(frame, done, change);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.False(_connection.IsClosed);
        Assert.Equal(0, allocated);
    }

    private void Once(byte[] frame, int number, Action<int>? change)
    {
        change?.Invoke(number);
        _arriving.Set(frame);
        _connection.OnReadable();
        _reactor.Run();
        Assert.True(_transport.Sent.Length > 0);
        _transport.ForgetSent();
    }

    private sealed class SteadyEntropy : IEntropy
    {
        private ulong _next = 88172645463325252;

        public ulong NextUInt64()
        {
            _next ^= _next << 13;
            _next ^= _next >> 7;
            return _next ^= _next << 17;
        }

        public void Fill(Span<byte> destination)
        {
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = (byte)NextUInt64();
            }
        }
    }
}
