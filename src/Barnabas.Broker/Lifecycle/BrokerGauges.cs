using Barnabas.Metadata;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// What a node can tell of its state when somebody asks; nothing of it is kept. From any thread: numbers that belong
/// together may be of moments apart.
/// </summary>
public sealed class BrokerGauges
{
    private readonly BrokerParts _parts;
    private readonly LogDirectories _directories;

    internal BrokerGauges(BrokerParts parts, LogDirectories directories)
    {
        _parts = parts;
        _directories = directories;
    }

    /// <summary>What this broker holds replicas of, in order of name.</summary>
    public IReadOnlyList<LocalTopic> Topics => _parts.Topics.All();

    public IEnumerable<Partition> Partitions => Topics.SelectMany(static topic =>
        Enumerable.Range(0, topic.PartitionCount).Select(topic.Find).OfType<Partition>());

    /// <summary>The cluster as this node knows it.</summary>
    public MetadataImage Image => _parts.Cluster.Image;

    public FetchSessionCache FetchSessions => _parts.FetchSessions;

    public int OfflineDirectories =>
        _directories.Unusable.Count + _directories.All.Count(static directory => directory.OfflineReason is not null);

    /// <summary>Null before the metadata log is loaded.</summary>
    public QuorumFigures? Quorum => _parts.Quorum.Figures;
}
