using Barnabas.Kernel;
using Barnabas.Simulation;

namespace Barnabas.Storage.Tests;

/// <summary>More partitions are used than files may be open.</summary>
public sealed class OpenSegmentsTests
{
    private const int Logs = 40;

    [Fact]
    public void Logs_are_written_and_read_though_not_all_may_be_open()
    {
        TestLog test = With(openFilesMax: 12);
        List<PartitionLog> logs = Fill(test);
        Assert.Equal(6, test.Services.OpenSegments.Count);
        logs.ForEach(AssertReads);
        test.Directory.WriteValidatedPositions();
        Assert.True(test.Directory.Close(1));
        Assert.Equal(0, test.Services.OpenSegments.Count);

        TestLog again = test.Restart(losePower: true);
        for (int number = 0; number < Logs; number++)
        {
            AssertReads(again.Open(Id(number)));
        }
    }

    [Fact]
    public void After_a_kill_logs_are_recovered_though_not_all_may_be_open()
    {
        TestLog test = With(openFilesMax: 12);
        Fill(test);
        TestLog again = test.Restart();
        for (int number = 0; number < Logs; number++)
        {
            AssertReads(again.Open(Id(number)));
        }
    }

    /// <summary>Others, connections above all, have taken what the limit leaves to them and more.</summary>
    [Fact]
    public void Where_nothing_more_can_be_opened_another_segment_is_closed()
    {
        TestLog test = With(openFilesMax: 12);
        List<PartitionLog> logs = Fill(test);
        var others = new List<IDiskFile>();
        for (int taken = 0; taken < 6; taken++)
        {
            others.Add(test.Disk.Open($"{TestLog.Root}/meta.properties", FileOpening.Read));
        }

        logs.ForEach(AssertReads);
        logs.ForEach(static log => Assert.Equal(ErrorCode.None, log.Append(TestLog.Batch()).Error));
        others.ForEach(static file => file.Dispose());
    }

    [Fact]
    public void What_a_reader_holds_stays_open()
    {
        TestLog test = With(openFilesMax: 60);
        List<PartitionLog> logs = Fill(test);
        List<LogRead> reads = logs.ConvertAll(static log => log.Read(Offset.Zero, 1000, log.LogEndOffset, true));
        Assert.Equal(30, test.Services.OpenSegments.Count);
        foreach (LogRead read in reads)
        {
            Assert.Equal(read.Region.Count, read.Region.File.File.Read(new byte[read.Region.Count], 0));
            read.Region.File.Release();
        }
    }

    /// <summary>The log that is written to all the time is not the one that closes.</summary>
    [Fact]
    public void What_was_used_of_late_stays_open()
    {
        TestLog test = With(openFilesMax: 12);
        PartitionLog busy = test.Open(Id(0));
        for (int number = 1; number < Logs; number++)
        {
            busy.Append(TestLog.Batch());
            test.Open(Id(number)).Append(TestLog.Batch());
            Assert.True(busy.Contents.Segments.Active.IsOpen);
        }
    }

    [Fact]
    public void Who_is_deleted_is_forgotten()
    {
        TestLog test = With(openFilesMax: int.MaxValue);
        Fill(test);
        Assert.Equal(Logs, test.Services.OpenSegments.Count);
        test.Directory.Delete([.. Enumerable.Range(0, Logs).Select(Id)], TestLog.Now);
        Assert.Equal(0, test.Services.OpenSegments.Count);
    }

    private static TestLog With(int openFilesMax) =>
        new(disk: new SimulatedDisk(1, new SimulatedDiskOptions { OpenFilesMax = openFilesMax }));

    private static TopicPartition Id(int number) => new("orders", number);

    private static List<PartitionLog> Fill(TestLog test)
    {
        var logs = new List<PartitionLog>();
        for (int number = 0; number < Logs; number++)
        {
            PartitionLog log = test.Open(Id(number));
            Assert.Equal(ErrorCode.None, log.Append(TestLog.Batch()).Error);
            Assert.Equal(ErrorCode.None, log.Append(TestLog.Batch()).Error);
            logs.Add(log);
        }

        return logs;
    }

    private static void AssertReads(PartitionLog log)
    {
        LogRead read = log.Read(Offset.Zero, 1000, log.LogEndOffset, atLeastOneBatch: true);
        Assert.Equal((ErrorCode.None, true), (read.Error, read.HasRegion));
        read.Region.File.Release();
        Assert.Equal(new Offset(2), log.LogEndOffset);
    }
}
