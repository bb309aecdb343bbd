using Barnabas.Kernel;
using Barnabas.Platform;
using Barnabas.Records;
using Barnabas.Storage;
using BenchmarkDotNet.Attributes;

namespace Barnabas.Micro;

/// <summary>
/// What an append of one record of 1 KiB costs a thread while others do the same: in logs of their own, or in one log,
/// where they meet at its gate; and while another thread polls the end of the log, as waiting fetches do.
/// </summary>
[SimpleJob(warmupCount: 2, iterationCount: 8, invocationCount: 1)]
public class LogContentionBenchmark
{
    private const int Appends = 20_000;
    private static readonly LeaderEpoch Epoch = new(1);

    private readonly List<PartitionLog> _logs = [];
    private string _root = "";
    private LogDirectories? _directories;
    private byte[] _batch = [];

    public enum Neighbours
    {
        None,
        OtherLog,
        SameLog,
        Poller,
    }

    [Params(Neighbours.None, Neighbours.OtherLog, Neighbours.SameLog, Neighbours.Poller)]
    public Neighbours Beside { get; set; }

    [IterationSetup]
    public void Open()
    {
        _root = Directory.CreateTempSubdirectory("barnabas-micro").FullName;
        var disk = new LinuxDisk();
        LogDirectories.Format(disk, _root, "cluster", 1, new Uuid(1, 1));
        CompressionCodecs codecs = NativeCodecs.Create();
        var scratch = new RecordScratchPool(2);
        var services = new LogServices(
            disk, new SystemEntropy(), new RecordBatchValidator(codecs, scratch), codecs, scratch);
        _directories = LogDirectories.Open(new LogDirectoriesOptions([_root], 1), services);
        for (int i = 0; i < 2; i++)
        {
            LogOpenResult opened = _directories.All[0].Open(
                new TopicPartition("contended", i), new Uuid(7, 9), LogConfig.Default, nowMs: 1);
            _logs.Add(opened.Log!);
        }

        var builder = new RecordBatchBuilder(codecs, 1 << 16);
        builder.Reset(new RecordBatchTemplate());
        builder.TryAppend(1, default, new byte[1024]);
        _batch = builder.Build().ToArray();
    }

    [IterationCleanup]
    public void Close()
    {
        _logs.Clear();
        _directories!.All[0].Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = Appends)]
    public void Append()
    {
        using var done = new CancellationTokenSource();
        using var together = new Barrier(Beside == Neighbours.None ? 1 : 2);
        Thread? other = Beside switch
        {
            Neighbours.OtherLog => new Thread(() => AppendTo(_logs[1], together)),
            Neighbours.SameLog => new Thread(() => AppendTo(_logs[0], together)),
            Neighbours.Poller => new Thread(() => Poll(_logs[0], together, done.Token)),
            _ => null,
        };
        other?.Start();
        AppendTo(_logs[0], together);
        done.Cancel();
        other?.Join();
    }

    private void AppendTo(PartitionLog log, Barrier together)
    {
        byte[] batch = _batch.ToArray();
        together.SignalAndWait();
        for (int i = 0; i < Appends; i++)
        {
            // The leader stamps it where it lies.
            _batch.CopyTo(batch, 0);
            lock (log.Gate)
            {
                AppendResult appended = log.AppendAsLeader(batch, Epoch, AppendOrigin.Client, nowMs: 1);
                if (appended.Error != ErrorCode.None)
                {
                    throw new InvalidOperationException($"{appended.Error}: {appended.Message}");
                }

                log.UpdateHighWatermark(log.LogEndOffset);
            }
        }
    }

    private static void Poll(PartitionLog log, Barrier together, CancellationToken done)
    {
        together.SignalAndWait(CancellationToken.None);
        while (!done.IsCancellationRequested)
        {
            _ = log.HighWatermark;
        }
    }
}
