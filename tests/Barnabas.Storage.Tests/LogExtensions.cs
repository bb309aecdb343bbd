using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage.Tests;

internal static class LogExtensions
{
    public static AppendResult Append(this PartitionLog log, byte[] batch, int epoch = 0, long now = TestLog.Now) =>
        Append(log, batch, epoch, AppendOrigin.Client, now);

    /// <summary>As a coordinator does, which is in no transaction of its own.</summary>
    public static AppendResult AppendTransactional(this PartitionLog log, byte[] batch, int epoch = 0) =>
        Append(log, batch, epoch, AppendOrigin.Coordinator, TestLog.Now);

    private static AppendResult Append(
        PartitionLog log, byte[] batch, int epoch, AppendOrigin origin, long now)
    {
        lock (log.Gate)
        {
            AppendResult result = log.AppendAsLeader(batch, new LeaderEpoch(epoch), origin, now);
            if (result.Error == ErrorCode.None)
            {
                log.UpdateHighWatermark(log.LogEndOffset);
            }

            return result;
        }
    }

    /// <summary>All bytes of the log, by reads as a consumer makes them.</summary>
    public static byte[] ReadAll(this PartitionLog log, int maxBytes = 1 << 20)
    {
        using var all = new MemoryStream();
        Offset next = log.LogStartOffset;
        while (next < log.LogEndOffset)
        {
            LogRead read = log.Read(next, maxBytes, log.LogEndOffset, atLeastOneBatch: true);
            Assert.Equal(ErrorCode.None, read.Error);
            Assert.True(read.HasRegion);
            var bytes = new byte[read.Region.Count];
            Assert.Equal(bytes.Length, read.Region.File.File.Read(bytes, read.Region.Position));
            read.Region.File.Release();
            var batches = new RecordBatchIterator(bytes);
            while (batches.MoveNext())
            {
                next = batches.Current.NextOffset;
                all.Write(batches.Current.Bytes);
            }
        }

        return all.ToArray();
    }
}
