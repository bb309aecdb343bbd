using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Raft;

namespace Barnabas.Broker;

/// <summary>Finds what formatting left for the first controller.</summary>
internal static class BootstrapFiles
{
    /// <summary>The file that formatting wrote up to Kafka 4.3.</summary>
    public const string LegacyName = "bootstrap.checkpoint";

    /// <summary>
    /// From <c>bootstrap.checkpoint</c>; else from the snapshot of offset 0, which holds them since Kafka 4.4; else
    /// metadata.version alone.
    /// </summary>
    public static BootstrapMetadata Load(IDisk disk, string logDirectory, MetadataLog log)
    {
        string legacy = $"{logDirectory}/{LegacyName}";
        if (disk.FileExists(legacy))
        {
            return Read(disk, legacy, isFramed: false) ?? BootstrapMetadata.Default;
        }

        string snapshot = log.PathOf(SnapshotId.Bootstrap);
        return (disk.FileExists(snapshot) ? Read(disk, snapshot, isFramed: true) : null) ?? BootstrapMetadata.Default;
    }

    private static BootstrapMetadata? Read(IDisk disk, string path, bool isFramed)
    {
        var sink = new MetadataSink();
        SnapshotReader.Read(disk, path, sink, isFramed);
        // The snapshot of Kafka 4.3 holds the voters and nothing else.
        return sink.Records.Count == 0
            ? null
            : BootstrapMetadata.FromRecords(sink.Records.Select(static entry => entry.Record), path);
    }
}
