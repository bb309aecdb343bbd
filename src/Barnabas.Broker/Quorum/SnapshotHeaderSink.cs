using Barnabas.Protocol;
using Barnabas.Raft;

namespace Barnabas.Broker;

/// <summary>Only wants to know how old a snapshot is.</summary>
internal sealed class SnapshotHeaderSink : IRecordSink
{
    public long LastContainedTimestampMs { get; private set; }

    public void OnHeader(SnapshotHeaderRecord header) => LastContainedTimestampMs = header.LastContainedLogTimestamp;

    public void OnKRaftVersion(short version)
    {
    }

    public void OnVoters(VoterSet voters)
    {
    }

    public void OnRecord(long offset, ReadOnlySpan<byte> value)
    {
    }
}
