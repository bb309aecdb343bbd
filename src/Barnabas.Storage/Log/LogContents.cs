namespace Barnabas.Storage;

/// <summary>What a log holds in memory once it is touched.</summary>
internal readonly record struct LogContents(
    SegmentStore Segments, LeaderEpochCache Epochs, ProducerState Producers, ProducerSnapshots Snapshots);
