using Barnabas.Kernel;
using Barnabas.Platform;
using Barnabas.Records;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker.Tests;

/// <summary>
/// A connection, its handlers and real logs on the test's own thread, and a measure of what a request allocates there
/// once thousands like it have been served.
/// </summary>
internal sealed class SteadyNode : IDisposable
{
    /// <summary>
    /// Each index entry (one for 4 KiB of log) takes 8 or 12 bytes, in arrays that double. That is the log's, not the
    /// request's: here there are none.
    /// </summary>
    private static readonly LogConfig Config = LogConfig.Default with { IndexIntervalBytes = int.MaxValue };

    private const int WarmUp = 2_000;
    private const int Measured = 10_000;
    private const int WindowsMax = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("barnabas-steady").FullName;
    private readonly PlatformSeams _platform =
        PlatformSeams.Create(new TransportOptions { Reactors = 1, OnFault = static (_, _) => { } });

    private readonly LogDirectories _directories;
    private readonly ReusedBytes _arriving = new();
    private Connection? _connection;

    public SteadyNode()
    {
        IDisk disk = _platform.Seams.Disk;
        CompressionCodecs codecs = NativeCodecs.Create();
        RecordScratchPool scratch = new(capacity: 2);
        LogServices services = new(
            disk, _platform.Seams.Entropy, new RecordBatchValidator(codecs, scratch), codecs, scratch);
        LogDirectories.Format(disk, _folder, TestNode.ClusterId, 1, Uuid.Random(_platform.Seams.Entropy));
        _directories = LogDirectories.Open(new LogDirectoriesOptions([_folder], 1), services);
        Transport = new ScriptedTransport(Reactor);
    }

    public TestReactor Reactor { get; } = new();

    public ScriptedTransport Transport { get; }

    public LocalTopics Topics { get; } = new();

    public IEntropy Entropy { get; } = new SteadyEntropy();

    public IMailbox NewBlockingMailbox() => _platform.Seams.Scheduler.CreateBlockingMailbox("blocking", threads: 1);

    /// <summary>A partition with an empty log, led here in epoch 0.</summary>
    public Partition Lead(TopicPartition id, Uuid topicId)
    {
        PartitionLog log = _directories.All[0].Open(id, topicId, Config, TestBatch.Now).Log!;
        Partition partition = Partition.Online(id, topicId, new BrokerId(1), log);
        partition.Apply(new PartitionLeadership(
            new BrokerId(1), true, new LeaderEpoch(0), 0, [new BrokerId(1)], [new BrokerId(1)]));
        Topics.Put(partition);
        return partition;
    }

    /// <summary>Accepts the connection.</summary>
    public void Serve(params RequestHandler[] handlers)
    {
        RequestDispatcher table = new();
        Array.ForEach(handlers, table.Add);
        ReactorWorkspace workspace = new(Reactor);
        ConnectionLimits limits = new();
        ConnectionGate gate = new(
            "PLAINTEXT",
            limits,
            new ConnectionQuota(limits),
            table,
            _ => workspace,
            new BufferPool(),
            new ConnectionCounters(TimeProvider.System));
        _connection = (Connection)gate.Accept(Transport)!;
        Transport.Handler = _connection;
    }

    /// <summary>Sends the same frame again and again; <paramref name="change"/> may alter it before each.</summary>
    public void AssertAllocatesNothing(byte[] frame, Action<int>? change = null)
    {
        Transport.Source = _arriving;
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
            for (int end = done + Measured; done < end; done++)
            {
                Once(frame, done, change);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Transport.Source = null;
        Assert.False(_connection!.IsClosed);
        Assert.Equal(0, allocated);
    }

    public void Dispose()
    {
        _connection?.Close();
        _directories.All[0].Close(-1);
        _directories.All[0].Dispose();
        _platform.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Once(byte[] frame, int number, Action<int>? change)
    {
        change?.Invoke(number);
        _arriving.Set(frame);
        _connection!.OnReadable();
        Reactor.Run();
        Assert.True(Transport.Sent.Length > 0);
        Transport.ForgetSent();
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
