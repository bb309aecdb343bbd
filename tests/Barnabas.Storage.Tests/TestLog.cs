using System.Text;

using Barnabas.Kernel;
using Barnabas.Records;
using Barnabas.Simulation;

namespace Barnabas.Storage.Tests;

/// <summary>A log directory on a simulated disk, and batches to put into it.</summary>
internal sealed class TestLog
{
    public const string Root = "/data";
    public const int NodeId = 1;
    public const long Now = 1_700_000_000_000;

    public static readonly TopicPartition Partition = new("orders", 0);
    public static readonly Uuid TopicId = new(7, 9);

    private readonly ulong _seed;

    public TestLog(ulong seed = 1, LogConfig? config = null, IDisk? disk = null, string root = Root)
    {
        _seed = seed;
        Disk = disk ?? new SimulatedDisk(seed);
        Config = config ?? LogConfig.Default;
        if (LogDirectories.ReadMeta(Disk, root) is null)
        {
            LogDirectories.Format(Disk, root, "cluster", NodeId, new Uuid(1, (long)seed));
            Disk.SyncDirectory("/");
        }

        Services = ServicesOf(Disk, seed);
        Directories = LogDirectories.Open(new LogDirectoriesOptions([root], NodeId), Services);
    }

    public IDisk Disk { get; }

    public SimulatedDisk Simulated => (SimulatedDisk)Disk;

    public LogConfig Config { get; }

    public LogServices Services { get; }

    public LogDirectories Directories { get; }

    public LogDirectory Directory => Directories.All[0];

    public static LogServices ServicesOf(IDisk disk, ulong seed)
    {
        var codecs = new CompressionCodecs();
        var scratch = new RecordScratchPool(2);
        var entropy = new SimulatedEntropy(new SimulatedRandom(seed), new SimulatedTrace());
        return new LogServices(disk, entropy, new RecordBatchValidator(codecs, scratch), codecs, scratch)
        {
            OpenSegments = new OpenSegments(disk.OpenFilesMax / 2),
        };
    }

    public static byte[] Batch(
        int records = 1,
        int valueBytes = 10,
        long timestamp = Now,
        long producerId = -1,
        short producerEpoch = 0,
        int baseSequence = -1,
        bool transactional = false)
    {
        var builder = new RecordBatchBuilder(new CompressionCodecs(), 1 << 24);
        builder.Reset(new RecordBatchTemplate
        {
            Producer = producerId < 0 ? ProducerIdAndEpoch.None : new ProducerIdAndEpoch(producerId, producerEpoch),
            BaseSequence = baseSequence,
            IsTransactional = transactional,
        });
        byte[] value = Encoding.ASCII.GetBytes(new string('v', valueBytes));
        for (int i = 0; i < records; i++)
        {
            Assert.True(builder.TryAppend(timestamp + i, default, value));
        }

        return builder.Build().ToArray();
    }

    /// <summary>The control batch that ends a transaction.</summary>
    public static byte[] Marker(long producerId, bool isAbort, short producerEpoch = 0)
    {
        var builder = new RecordBatchBuilder(new CompressionCodecs(), 1 << 10);
        builder.Reset(new RecordBatchTemplate
        {
            IsControl = true,
            IsTransactional = true,
            Producer = new ProducerIdAndEpoch(producerId, producerEpoch),
        });
        byte[] value = new byte[ControlRecord.EndTransactionSize];
        ControlRecord.WriteEndTransaction(value, coordinatorEpoch: 1);
        ControlRecordType type = isAbort ? ControlRecordType.Abort : ControlRecordType.Commit;
        Assert.True(builder.TryAppendControl(type, Now, value));
        return builder.Build().ToArray();
    }

    /// <summary>The same disk after the process, or the machine, has ended.</summary>
    public TestLog Restart(bool losePower = false, LogConfig? config = null)
    {
        if (losePower)
        {
            Simulated.LosePower();
        }
        else
        {
            Simulated.EndProcess();
        }

        return new TestLog(_seed + 1, config ?? Config, Disk);
    }

    public PartitionLog Open(TopicPartition? partition = null)
    {
        LogOpenResult result = Directory.Open(partition ?? Partition, TopicId, Config, Now);
        Assert.True(result.Log is not null, result.Message);
        return result.Log;
    }
}
