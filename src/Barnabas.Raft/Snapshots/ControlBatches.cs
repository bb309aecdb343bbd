using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Raft;

/// <summary>The control batches that the quorum writes into its log and its snapshots.</summary>
public static class ControlBatches
{
    private const short MessageVersion = 0;

    // A voter takes some hundred bytes; nobody has thousands of them.
    private const int SizeMax = 1024 * 1024;

    /// <summary>
    /// Begins a leader's epoch: who leads, who votes, who voted for it.
    /// </summary>
    /// <param name="kraftVersionToWrite">
    /// With KIP-853: the voters follow, because the log does not hold them yet or not as they are now. Else null.
    /// </param>
    public static byte[] LeaderChange(
        long at,
        int epoch,
        long nowMs,
        BrokerId leader,
        VoterSet voters,
        IReadOnlyList<BrokerId> granting,
        short? kraftVersionToWrite)
    {
        var change = new LeaderChangeMessage { Version = 0, LeaderId = leader.Value };
        foreach (Voter voter in voters.Voters)
        {
            change.Voters.Add(new() { VoterId = voter.Key.Id.Value });
        }

        foreach (BrokerId voter in granting)
        {
            change.GrantingVoters.Add(new() { VoterId = voter.Value });
        }

        RecordBatchBuilder builder = Begin(at, epoch);
        Append(builder, ControlRecordType.LeaderChange, nowMs, change);
        if (kraftVersionToWrite is { } kraftVersion)
        {
            AppendVoters(builder, nowMs, kraftVersion, voters);
        }

        return builder.Build().ToArray();
    }

    internal static Memory<byte> SnapshotHeader(
        int epoch, long nowMs, long lastContainedTimestampMs, short kraftVersion, VoterSet? voters)
    {
        RecordBatchBuilder builder = Begin(0, epoch);
        Append(
            builder,
            ControlRecordType.SnapshotHeader,
            nowMs,
            new SnapshotHeaderRecord { Version = 0, LastContainedLogTimestamp = lastContainedTimestampMs });
        if (kraftVersion > 0)
        {
            AppendVoters(builder, nowMs, kraftVersion, voters);
        }

        return builder.Build();
    }

    internal static Memory<byte> SnapshotFooter(long at, int epoch, long nowMs)
    {
        RecordBatchBuilder builder = Begin(at, epoch);
        Append(builder, ControlRecordType.SnapshotFooter, nowMs, new SnapshotFooterRecord { Version = 0 });
        return builder.Build();
    }

    private static RecordBatchBuilder Begin(long at, int epoch)
    {
        var builder = new RecordBatchBuilder(new CompressionCodecs(), SizeMax);
        builder.Reset(new RecordBatchTemplate
        {
            BaseOffset = new Offset(at),
            PartitionLeaderEpoch = new LeaderEpoch(epoch),
            IsControl = true,
        });
        return builder;
    }

    private static void AppendVoters(RecordBatchBuilder builder, long nowMs, short kraftVersion, VoterSet? voters)
    {
        Append(
            builder,
            ControlRecordType.KRaftVersion,
            nowMs,
            new KRaftVersionRecord { Version = 0, KRaftVersion = kraftVersion });
        if (voters is not null)
        {
            Append(builder, ControlRecordType.KRaftVoters, nowMs, voters.ToRecord());
        }
    }

    private static void Append(RecordBatchBuilder builder, ControlRecordType type, long nowMs, IMessage message)
    {
        bool fits = builder.TryAppendControl(type, nowMs, message.ToBytes(MessageVersion));
        Invariant.That(fits);
    }
}
