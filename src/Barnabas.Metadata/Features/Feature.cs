using System.Collections.Immutable;

namespace Barnabas.Metadata;

/// <summary>
/// A feature other than <c>metadata.version</c>, whose level is finalized for the whole cluster (KIP-584, KIP-1022).
/// Level 0 means "off" and is never written.
/// </summary>
public sealed class Feature
{
    public const string KRaftVersionName = "kraft.version";
    public const string EligibleLeaderReplicasName = "eligible.leader.replicas.version";

    private readonly ImmutableArray<FeatureLevel> _levels;

    private Feature(string name, params ReadOnlySpan<FeatureLevel> levels)
    {
        Name = name;
        _levels = [.. levels];
    }

    /// <summary>All features of this software in the order of Kafka's tools.</summary>
    public static ImmutableArray<Feature> All { get; } =
    [
        new(KRaftVersionName, new FeatureLevel(1, 21)),
        new("transaction.version", new FeatureLevel(1, 24), new FeatureLevel(2, 24)),
        new("group.version", new FeatureLevel(1, 22)),
        new(EligibleLeaderReplicasName, new FeatureLevel(1, 26, RequiredMetadataLevel: 23)),
        new("share.version", new FeatureLevel(1, 28), new FeatureLevel(2, 31)),
        new("streams.version", new FeatureLevel(1, 29)),
    ];

    public string Name { get; }

    /// <summary>The highest level of this software.</summary>
    public short Latest => _levels[^1].Level;

    public VersionRange Supported => new(0, Latest);

    public static Feature? Find(string name)
    {
        foreach (Feature feature in All)
        {
            if (feature.Name == name)
            {
                return feature;
            }
        }

        return null;
    }

    /// <summary>What a node of this software supports, <c>metadata.version</c> included.</summary>
    public static ImmutableSortedDictionary<string, VersionRange> SupportedByThisSoftware()
    {
        var supported = ImmutableSortedDictionary.CreateBuilder<string, VersionRange>(StringComparer.Ordinal);
        supported[MetadataVersion.FeatureName] =
            new VersionRange(MetadataVersion.Minimum.Level, MetadataVersion.LatestProduction.Level);
        foreach (Feature feature in All)
        {
            supported[feature.Name] = feature.Supported;
        }

        return supported.ToImmutable();
    }

    /// <summary>The level a new cluster of this metadata version starts with.</summary>
    public short DefaultLevel(MetadataVersion version)
    {
        short level = 0;
        foreach (FeatureLevel candidate in _levels)
        {
            if (candidate.DefaultSinceMetadataLevel > version.Level)
            {
                break;
            }

            level = candidate.Level;
        }

        return level;
    }

    /// <summary>The level of <c>metadata.version</c> that a level needs, or 0 if any will do.</summary>
    public short RequiredMetadataLevel(short level)
    {
        foreach (FeatureLevel candidate in _levels)
        {
            if (candidate.Level == level)
            {
                return candidate.RequiredMetadataLevel;
            }
        }

        return 0;
    }

    private readonly record struct FeatureLevel(
        short Level,
        short DefaultSinceMetadataLevel,
        short RequiredMetadataLevel = 0);
}
