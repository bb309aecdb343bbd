using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>
/// All metadata of the cluster as of one offset of the metadata log. Immutable: a reader takes one reference and sees
/// one
/// consistent state for as long as it keeps it.
/// </summary>
public sealed class MetadataImage
{
    private static readonly ImmutableSortedDictionary<string, string> NoConfigs =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    internal MetadataImage()
    {
    }

    /// <summary>Nothing, before offset 0.</summary>
    public static MetadataImage Empty { get; } = new();

    /// <summary>The last offset this image contains, control records included; -1 if none.</summary>
    public long Offset { get; init; } = -1;

    /// <summary>The epoch of the quorum's leader in which that offset was written; -1 if none.</summary>
    public int Epoch { get; init; } = -1;

    /// <summary>The time stamp of that offset; -1 if none.</summary>
    public long TimestampMs { get; init; } = -1;

    /// <summary>Null until the first feature record: the cluster was never bootstrapped.</summary>
    public MetadataVersion? Version { get; init; }

    /// <summary>Finalized features other than metadata.version and kraft.version; level 0 is left out.</summary>
    public ImmutableSortedDictionary<string, short> Features { get; init; } =
        ImmutableSortedDictionary.Create<string, short>(StringComparer.Ordinal);

    public TopicsImage Topics { get; init; } = TopicsImage.Empty;

    public ImmutableSortedDictionary<BrokerId, BrokerRegistration> Brokers { get; init; } =
        ImmutableSortedDictionary<BrokerId, BrokerRegistration>.Empty;

    /// <summary>
    /// The offset at which each broker's registration stands. A broker is unfenced once it has replayed so far. Equal
    /// to
    /// the broker epoch, but for a registration renewed by the same incarnation.
    /// </summary>
    public ImmutableSortedDictionary<BrokerId, long> RegistrationOffsets { get; init; } =
        ImmutableSortedDictionary<BrokerId, long>.Empty;

    public ImmutableSortedDictionary<BrokerId, ControllerRegistration> Controllers { get; init; } =
        ImmutableSortedDictionary<BrokerId, ControllerRegistration>.Empty;

    public ImmutableSortedDictionary<ConfigResource, ImmutableSortedDictionary<string, string>> Configs { get; init; } =
        ImmutableSortedDictionary<ConfigResource, ImmutableSortedDictionary<string, string>>.Empty;

    public ImmutableSortedDictionary<ClientQuotaKey, double> ClientQuotas { get; init; } =
        ImmutableSortedDictionary<ClientQuotaKey, double>.Empty;

    /// <summary>Access control entries by id.</summary>
    public ImmutableSortedDictionary<Uuid, AccessControlEntryRecord> Acls { get; init; } =
        ImmutableSortedDictionary<Uuid, AccessControlEntryRecord>.Empty;

    public ImmutableSortedDictionary<ScramCredentialKey, UserScramCredentialRecord> ScramCredentials { get; init; } =
        ImmutableSortedDictionary<ScramCredentialKey, UserScramCredentialRecord>.Empty;

    /// <summary>Delegation tokens by token id.</summary>
    public ImmutableSortedDictionary<string, DelegationTokenRecord> DelegationTokens { get; init; } =
        ImmutableSortedDictionary.Create<string, DelegationTokenRecord>(StringComparer.Ordinal);

    /// <summary>The first producer id not yet given to any broker; -1 if none ever was.</summary>
    public long NextProducerId { get; init; } = -1;

    public bool HasEligibleLeaderReplicas => Features.ContainsKey(Feature.EligibleLeaderReplicasName);

    /// <summary>The dynamic configuration of a resource; empty if it has none.</summary>
    public ImmutableSortedDictionary<string, string> ConfigsOf(ConfigResource resource) =>
        Configs.TryGetValue(resource, out ImmutableSortedDictionary<string, string>? configs) ? configs : NoConfigs;

    /// <summary>Finds a partition by topic id; null if topic or partition do not exist.</summary>
    public PartitionImage? FindPartition(TopicIdPartition partition) =>
        Topics.TryGet(partition.TopicId, out TopicImage? topic)
        && topic.TryGetPartition(partition.Partition, out PartitionImage? image)
            ? image
            : null;

    public bool TryGetBroker(BrokerId id, [NotNullWhen(true)] out BrokerRegistration? broker) =>
        Brokers.TryGetValue(id, out broker);

    /// <summary>The same state as of a later offset: what lies between were control records or an aborted
    /// transaction.</summary>
    internal MetadataImage At(long offset, int epoch) => new MetadataDelta(this).Apply(offset, epoch, TimestampMs);
}
