using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage.Tests;

/// <summary>
/// G-18: a bit of a synced batch flips on the platter. Whoever reads on is told, by the partition that does not open,
/// by an error, or by the checksum of the batch; nothing is cut off or left out in silence, and no other partition
/// takes notice.
/// </summary>
public sealed class BitRotTests
{
    private const int Batches = 14;

    private static readonly LogConfig _config = LogConfig.Default with
    {
        SegmentBytes = 500,
        IndexIntervalBytes = 150,
        RetentionMs = -1,
    };

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 1 << 20)]
    [InlineData(false, 1)]
    [InlineData(false, 1 << 20)]
    public void Who_reads_a_batch_that_has_rotted_is_told(bool cleanStop, int maxBytes)
    {
        var random = new Random(7);
        List<string> silent = [];
        bool isBeyond = false;
        for (int at = 0; !isBeyond; at++)
        {
            var test = new TestLog(1, _config);
            PartitionLog log = Write(test);
            List<byte[]> written = LogScript.BatchesOf(log);
            isBeyond = !TryLocate(log, at, out string path, out int position);
            _ = cleanStop && test.Directory.Close(1);
            int bit = random.Next(8);
            if (!isBeyond)
            {
                test.Simulated.FlipBit(path, position, bit);
            }

            string? failure = ReadAll(test.Restart(losePower: !cleanStop), written, maxBytes);
            if (isBeyond)
            {
                Assert.Equal("nothing was wrong", failure);
            }
            else if (failure is not null)
            {
                silent.Add($"{path} byte {position} bit {bit}: {failure}");
            }
        }

        Assert.True(silent.Count == 0, $"{silent.Count} flipped bits went unnoticed:\n" + string.Join('\n', silent));
    }

    private static bool TryLocate(PartitionLog log, int at, out string path, out int position)
    {
        position = at;
        foreach (Segment segment in log.Contents.Segments.All)
        {
            path = segment.Path;
            if (position < segment.Size)
            {
                return true;
            }

            position -= segment.Size;
        }

        path = "";
        return false;
    }

    private static PartitionLog Write(TestLog test)
    {
        PartitionLog log = test.Open();
        for (int i = 0; i < Batches; i++)
        {
            Assert.Equal(ErrorCode.None, log.Append(TestLog.Batch(records: 1 + (i % 2), valueBytes: 2)).Error);
        }

        Assert.Equal(ErrorCode.None, log.Flush());
        test.Directory.CheckpointOffsets();
        return log;
    }

    /// <summary>Reads as a consumer does. Null if it was told of the damage; else what it was not told.</summary>
    private static string? ReadAll(TestLog test, List<byte[]> written, int maxBytes)
    {
        LogOpenResult opened = test.Directory.Open(TestLog.Partition, TestLog.TopicId, _config, TestLog.Now);
        if (opened.Log is not { } log)
        {
            return test.Directory.OfflineReason;
        }

        Offset end = new RecordBatch(written[^1]).NextOffset;
        if (log.LogEndOffset != end)
        {
            return $"the log ends at {log.LogEndOffset}";
        }

        Offset next = log.LogStartOffset;
        int index = 0;
        while (next < end)
        {
            LogRead read = log.Read(next, maxBytes, end, atLeastOneBatch: true);
            if (read.Error != ErrorCode.None)
            {
                return read.Error == ErrorCode.CorruptMessage ? test.Directory.OfflineReason : $"{read.Error}";
            }

            if (!read.HasRegion)
            {
                return $"nothing at {next}";
            }

            var bytes = new byte[read.Region.Count];
            read.Region.File.File.Read(bytes, read.Region.Position);
            read.Region.File.Release();
            var batches = new RecordBatchIterator(bytes);
            while (batches.MoveNext())
            {
                RecordBatch batch = batches.Current;
                if (!batch.IsCrcValid())
                {
                    return test.Directory.OfflineReason;
                }

                if (!batch.Bytes.SequenceEqual(written[index]))
                {
                    // The base offset and the leader epoch are outside the checksum: the format has nothing to tell.
                    bool isOutside = batch.Bytes[16..].SequenceEqual(written[index].AsSpan(16));
                    return isOutside ? test.Directory.OfflineReason : $"batch {index} is not what was written";
                }

                next = batch.NextOffset;
                index++;
            }

            if (batches.End is BatchFrame.BadLength or BatchFrame.BadMagic)
            {
                return test.Directory.OfflineReason;
            }
        }

        return "nothing was wrong";
    }
}
