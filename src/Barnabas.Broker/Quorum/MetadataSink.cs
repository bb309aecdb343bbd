using Barnabas.Metadata;
using Barnabas.Protocol;
using Barnabas.Raft;

namespace Barnabas.Broker;

/// <summary>Collects what a snapshot or the log holds: decoded records, and what the quorum says of itself.</summary>
internal sealed class MetadataSink : IRecordSink
{
    public List<(long Offset, MessageAndVersion Record)> Records { get; } = [];

    /// <summary>Null if no record told it.</summary>
    public short? KRaftVersion { get; private set; }

    /// <summary>Null if no record told them.</summary>
    public VoterSet? Voters { get; private set; }

    public long LastContainedTimestampMs { get; private set; } = -1;

    public void OnHeader(SnapshotHeaderRecord header) => LastContainedTimestampMs = header.LastContainedLogTimestamp;

    public void OnKRaftVersion(short version) => KRaftVersion = version;

    public void OnVoters(VoterSet voters) => Voters = voters;

    public void OnRecord(long offset, ReadOnlySpan<byte> value)
    {
        RecordDecoding decoding = MetadataRecordCodec.TryRead(value, out MessageAndVersion record);
        if (decoding != RecordDecoding.Ok)
        {
            // I-45: what cannot be read is not passed over.
            throw new MetadataFaultException($"The metadata record at offset {offset} cannot be read: {decoding}.");
        }

        Records.Add((offset, record));
    }
}
