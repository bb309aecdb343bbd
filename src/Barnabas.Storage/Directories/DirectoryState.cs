using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>What a log directory held when it was opened.</summary>
internal sealed record DirectoryState
{
    public required string Path { get; init; }

    public required MetaProperties Meta { get; init; }

    /// <summary>Null after an unclean end.</summary>
    public CleanShutdownMarker? Marker { get; init; }

    public List<TopicPartition> Partitions { get; } = [];

    /// <summary>Names of directories that were deleted but not yet removed.</summary>
    public List<string> Deleted { get; } = [];

    public List<string> Tolerated { get; } = [];

    /// <summary>
    /// Apache Kafka has run here: where its cleaner starts it makes this checkpoint, if only an empty one. We do not.
    /// </summary>
    public bool KafkaRanHere { get; private set; }

    public Dictionary<TopicPartition, Offset> RecoveryPoints { get; init; } = [];

    public Dictionary<TopicPartition, Offset> HighWatermarks { get; init; } = [];

    public Dictionary<TopicPartition, Offset> LogStartOffsets { get; init; } = [];

    /// <summary>Void unless it belongs to this boot of the machine, or to the marker's session.</summary>
    public ValidatedPositions Validated { get; init; } = ValidatedPositions.None;

    /// <summary>
    /// Reads a directory whose lock is held. Throws CheckpointFormatException for files that make no sense.
    /// </summary>
    public static DirectoryState Read(IDisk disk, string path, MetaProperties meta)
    {
        byte[]? marker = AtomicFile.TryRead(disk, $"{path}/{CleanShutdownMarker.Name}");
        CleanShutdownMarker? parsed = marker is null ? null : CleanShutdownMarker.Parse(marker);
        byte[]? positions = AtomicFile.TryRead(disk, $"{path}/{ValidatedPositions.Name}");
        ValidatedPositions validated = ValidatedPositions.Parse(positions);
        bool belongs = parsed is null
            ? disk.BootId.Length > 0 && validated.BootId == disk.BootId
            : validated.Session == parsed.Session && !parsed.Session.IsZero;

        var state = new DirectoryState
        {
            Path = path,
            Meta = meta,
            Marker = parsed,
            RecoveryPoints = ReadOffsets(disk, path, OffsetCheckpoint.RecoveryPoints),
            HighWatermarks = ReadOffsets(disk, path, OffsetCheckpoint.HighWatermarks),
            LogStartOffsets = ReadOffsets(disk, path, OffsetCheckpoint.LogStartOffsets),
            Validated = belongs ? validated : ValidatedPositions.None,
        };
        foreach (string name in disk.List(path))
        {
            state.Classify(disk, name);
        }

        return state;
    }

    private static Dictionary<TopicPartition, Offset> ReadOffsets(IDisk disk, string path, string name) =>
        AtomicFile.TryRead(disk, $"{path}/{name}") is { } content
            ? OffsetCheckpoint.Parse(content, $"{path}/{name}")
            : [];

    private void Classify(IDisk disk, string name)
    {
        KafkaRanHere |= name == OffsetCheckpoint.CleanerPositions;
        PartitionDirectoryKind kind = PartitionDirectoryName.Parse(name, out TopicPartition partition);
        bool isDirectory = kind != PartitionDirectoryKind.Unknown || name.Contains('-', StringComparison.Ordinal);
        if (!isDirectory || !disk.DirectoryExists($"{Path}/{name}"))
        {
            return;
        }

        switch (kind)
        {
            case PartitionDirectoryKind.Partition:
                Partitions.Add(partition);
                break;
            case PartitionDirectoryKind.Deleted:
                Deleted.Add(name);
                break;
            default:
                Tolerated.Add(name);
                break;
        }
    }
}
