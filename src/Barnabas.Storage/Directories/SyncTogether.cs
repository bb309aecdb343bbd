using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// Makes many logs of a directory durable with one sync of everything instead of one or two for each. From any thread;
/// blocks.
/// </summary>
internal sealed class SyncTogether(IDirectoryLock directory, string path)
{
    /// <summary>Up to so many logs are flushed one by one: one sync of everything waits for what others write as
    /// well.</summary>
    public const int FewLogs = 16;

    // Who prepares the epochs of many logs syncs them and puts them in place before the next one does.
    private readonly Lock _gate = new();

    /// <summary>Everything below the directory. A failure is final, whatever the reason.</summary>
    public void SyncAll()
    {
        try
        {
            directory.SyncAll();
        }
        catch (DiskException failure) when (failure.Error != DiskError.Failed)
        {
            throw new DiskException(DiskError.Failed, path, $"sync failed ({failure.Error})", failure);
        }
    }

    /// <summary>Flushes logs as <see cref="PartitionLog.Flush()"/> flushes one.</summary>
    public void Flush(List<PartitionLog> logs)
    {
        lock (_gate)
        {
            List<PendingFlush> flushes = logs.ConvertAll(static log => log.Flusher.Prepare(log));
            SyncAll();
            if (flushes.Exists(static flush => flush.Epochs is not null))
            {
                flushes.ForEach(static flush => flush.Log.Flusher.PutInPlace(flush.Epochs));
                SyncAll();
            }

            flushes.ForEach(static flush => flush.Log.Flusher.Finish(flush));
        }
    }

    /// <summary>
    /// Writes the epochs of logs whose file lacks some. The first records of thousands of partitions cost one wait, and
    /// not two for each.
    /// </summary>
    public void WriteEpochs(List<PartitionLog> logs)
    {
        List<PartitionLog> lacking = logs.FindAll(static log => log.Flusher.HasNewEpochs(log));
        if (lacking.Count <= FewLogs)
        {
            lacking.ForEach(static log => UnlessGone(log, () => log.Flusher.WriteEpochs(log)));
            return;
        }

        lock (_gate)
        {
            var prepared = new List<(PartitionLog Log, EpochEntry[]? Epochs)>(lacking.Count);
            foreach (PartitionLog log in lacking)
            {
                UnlessGone(log, () => prepared.Add((log, log.Flusher.PrepareEpochs(log))));
            }

            SyncAll();
            prepared.ForEach(static one => UnlessGone(one.Log, () => one.Log.Flusher.PutInPlace(one.Epochs)));
        }
    }

    private static void UnlessGone(PartitionLog log, Action work)
    {
        try
        {
            work();
        }
        catch (DiskException) when (log.OfflineReason is not null)
        {
            // Deleted since it was found: its directory has another name.
        }
    }
}
