using Barnabas.Protocol;

namespace Barnabas.Raft;

/// <summary>Takes what the metadata log or a snapshot holds, record by record, in order.</summary>
public interface IRecordSink
{
    /// <summary>A snapshot begins.</summary>
    void OnHeader(SnapshotHeaderRecord header);

    /// <summary>The quorum's feature level (KIP-853).</summary>
    void OnKRaftVersion(short version);

    /// <summary>The voters (KIP-853).</summary>
    void OnVoters(VoterSet voters);

    /// <summary>A record of the application; the bytes are valid during the call.</summary>
    void OnRecord(long offset, ReadOnlySpan<byte> value);
}
