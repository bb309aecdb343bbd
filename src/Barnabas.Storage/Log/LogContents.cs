namespace Barnabas.Storage;

/// <summary>What a log holds in memory once it is touched.</summary>
internal sealed record LogContents(
    SegmentStore Segments, LeaderEpochCache Epochs, ProducerState Producers, ProducerSnapshots Snapshots);
