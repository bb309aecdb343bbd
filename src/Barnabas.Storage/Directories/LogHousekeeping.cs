using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// What logs need from time to time, on one blocking mailbox: positions for a quick restart, flushes, checkpoints,
/// retention, removal of deleted files, expiry of producers. The driver of this room; decides nothing itself.
/// </summary>
public sealed class LogHousekeeping
{
    private readonly LogDirectories _directories;
    private readonly TimeProvider _time;
    private readonly IMailbox _mailbox;
    private readonly Round[] _rounds;
    private readonly WorkItem _start;
    private volatile bool _stopped;

    /// <param name="mailbox">A blocking mailbox of one thread, used by nobody else.</param>
    public LogHousekeeping(
        LogDirectories directories, TimeProvider time, IMailbox mailbox, LogHousekeepingIntervals intervals)
    {
        _directories = directories;
        _time = time;
        _mailbox = mailbox;
        _rounds =
        [
            new Round(this, intervals.ValidatedPositions, static (keeper, now) => keeper.Tick(now)),
            new Round(this, intervals.HighWatermarks, static (keeper, _) => keeper.CheckpointHighWatermarks()),
            new Round(this, intervals.RecoveryPoints, static (keeper, _) => keeper.CheckpointOffsets()),
            new Round(this, intervals.Retention, static (keeper, now) => keeper.DeleteOldSegments(now)),
            new Round(this, intervals.ProducerExpiration, static (keeper, now) => keeper.RemoveExpiredProducers(now)),
        ];
        _start = new Starting(this);
    }

    /// <summary>Begins. From any thread, once.</summary>
    public void Start() => _mailbox.Post(_start);

    /// <summary>Ends after the round that may be under way. From any thread.</summary>
    public void Stop() => _stopped = true;

    private void Tick(long nowMs)
    {
        foreach (LogDirectory directory in _directories.All)
        {
            directory.RemoveDeleted(nowMs);
            IReadOnlyList<PartitionLog> logs = directory.OpenLogs;
            foreach (PartitionLog log in logs)
            {
                log.WriteOutSealedSegments();
            }

            foreach (PartitionLog log in logs)
            {
                log.FlushSealedSegments();
                if (log.IsFlushDue(nowMs))
                {
                    log.Flush();
                }
            }

            directory.SyncMade();
            directory.WriteValidatedPositions();
        }
    }

    private void CheckpointHighWatermarks()
    {
        foreach (LogDirectory directory in _directories.All)
        {
            directory.CheckpointHighWatermarks();
        }
    }

    private void CheckpointOffsets()
    {
        foreach (LogDirectory directory in _directories.All)
        {
            directory.CheckpointOffsets();
        }
    }

    private void DeleteOldSegments(long nowMs)
    {
        foreach (LogDirectory directory in _directories.All)
        {
            foreach (PartitionLog log in directory.OpenLogs)
            {
                log.DeleteOldSegments(nowMs);
            }
        }
    }

    private void RemoveExpiredProducers(long nowMs)
    {
        foreach (LogDirectory directory in _directories.All)
        {
            foreach (PartitionLog log in directory.OpenLogs)
            {
                // One at a time: appends wait for this gate.
                lock (log.Gate)
                {
                    log.RemoveExpiredProducers(nowMs);
                }
            }
        }
    }

    private sealed class Starting(LogHousekeeping keeper) : WorkItem
    {
        public override void Run()
        {
            foreach (Round round in keeper._rounds)
            {
                round.ArmAgain();
            }
        }
    }

    private sealed class Round(LogHousekeeping keeper, TimeSpan interval, Action<LogHousekeeping, long> work)
        : TimerItem
    {
        public override void Fire()
        {
            if (!keeper._stopped)
            {
                work(keeper, keeper._time.UnixMilliseconds);
                ArmAgain();
            }
        }

        public void ArmAgain() => keeper._mailbox.Arm(this, interval);
    }
}
