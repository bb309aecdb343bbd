using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>What the names in a partition's directory say. Pure.</summary>
internal sealed class PartitionFiles
{
    private PartitionFiles()
    {
    }

    /// <summary>Base offsets of the segments, ascending.</summary>
    public List<Offset> Segments { get; } = [];

    public List<Offset> Snapshots { get; } = [];

    /// <summary>Base offsets of the segments in which transactions were aborted.</summary>
    public HashSet<Offset> TransactionIndexes { get; } = [];

    /// <summary>Base offsets of segments that Kafka's cleaner had finished but not yet put in place.</summary>
    public List<Offset> Swaps { get; } = [];

    /// <summary>See <see cref="TruncationMark"/>.</summary>
    public bool IsTruncationUnfinished { get; private set; }

    /// <summary>There is a file of leader epochs.</summary>
    public bool HasEpochs { get; private set; }

    /// <summary>Names to remove: deleted, unfinished, temporary, and index files without a log.</summary>
    public List<string> Leftovers { get; } = [];

    public static PartitionFiles From(IReadOnlyList<string> names)
    {
        var files = new PartitionFiles();
        foreach (string name in names)
        {
            files.AddFirst(name);
        }

        files.Segments.Sort();
        files.Swaps.Sort();
        var bases = new HashSet<Offset>(files.Segments);
        foreach (string name in names)
        {
            if (IsIndex(name, out Offset baseOffset) && !bases.Contains(baseOffset))
            {
                files.Leftovers.Add(name);
            }
        }

        return files;
    }

    private static bool IsIndex(string name, out Offset baseOffset) =>
        SegmentFileNames.TryParse(name, SegmentFileNames.OffsetIndex, out baseOffset)
        || SegmentFileNames.TryParse(name, SegmentFileNames.TimeIndex, out baseOffset)
        || SegmentFileNames.TryParse(name, SegmentFileNames.TransactionIndex, out baseOffset);

    private void AddFirst(string name)
    {
        if (SegmentFileNames.TryParse(name, SegmentFileNames.Log, out Offset segment))
        {
            Segments.Add(segment);
        }
        else if (SegmentFileNames.TryParse(name, SegmentFileNames.ProducerSnapshot, out Offset snapshot))
        {
            Snapshots.Add(snapshot);
        }
        else if (SegmentFileNames.TryParse(name, SegmentFileNames.TransactionIndex, out Offset aborted))
        {
            TransactionIndexes.Add(aborted);
        }
        else if (SegmentFileNames.TryParse(name, SegmentFileNames.Log + SegmentFileNames.Swap, out Offset swap))
        {
            Swaps.Add(swap);
        }
        else if (name == LeaderEpochCheckpoint.Name)
        {
            HasEpochs = true;
        }
        else if (name == TruncationMark.Name)
        {
            IsTruncationUnfinished = true;
        }
        else if (name.EndsWith(SegmentFileNames.Cleaned, StringComparison.Ordinal)
            || name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal)
            || (name.EndsWith(SegmentFileNames.Deleted, StringComparison.Ordinal) && !IsMetadataSnapshot(name)))
        {
            Leftovers.Add(name);
        }
    }

    // Snapshots of the metadata log are renamed too before they go, and are the quorum's to remove.
    private static bool IsMetadataSnapshot(string name) =>
        name.EndsWith(".checkpoint" + SegmentFileNames.Deleted, StringComparison.Ordinal);
}
