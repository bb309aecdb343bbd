using System.Collections.Immutable;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>The records a new cluster's metadata log starts with: feature levels, and credentials made when
/// formatting.</summary>
public sealed class BootstrapMetadata
{
    private BootstrapMetadata(ImmutableArray<MessageAndVersion> records, MetadataVersion version, string source)
    {
        Records = records;
        Version = version;
        Source = source;
    }

    public ImmutableArray<MessageAndVersion> Records { get; }

    /// <summary>The metadata.version among the records.</summary>
    public MetadataVersion Version { get; }

    /// <summary>Where they come from, for the log.</summary>
    public string Source { get; }

    /// <summary>metadata.version alone, as Kafka has it for a directory without bootstrap records.</summary>
    public static BootstrapMetadata Default { get; } = new(
        [ImageRecords.FeatureLevel(MetadataVersion.FeatureName, MetadataVersion.LatestProduction.Level)],
        MetadataVersion.LatestProduction,
        "the default bootstrap");

    /// <summary>metadata.version first, then the others by name; level 0 and kraft.version are not written.</summary>
    public static BootstrapMetadata FromFeatures(
        MetadataVersion version,
        IReadOnlyDictionary<string, short> features,
        IEnumerable<MessageAndVersion> further,
        string source)
    {
        var records = ImmutableArray.CreateBuilder<MessageAndVersion>();
        records.Add(ImageRecords.FeatureLevel(MetadataVersion.FeatureName, version.Level));
        foreach ((string name, short level) in features.OrderBy(static feature => feature.Key, StringComparer.Ordinal))
        {
            if (level > 0 && name is not (MetadataVersion.FeatureName or Feature.KRaftVersionName))
            {
                records.Add(ImageRecords.FeatureLevel(name, level));
            }
        }

        records.AddRange(further);
        return new BootstrapMetadata(records.ToImmutable(), version, source);
    }

    /// <summary>Throws <see cref="MetadataFaultException"/> if no record sets a metadata.version that is known
    /// here.</summary>
    public static BootstrapMetadata FromRecords(IEnumerable<MessageAndVersion> records, string source)
    {
        ImmutableArray<MessageAndVersion> all = [.. records];
        MetadataVersion? version = null;
        foreach (MessageAndVersion record in all)
        {
            if (record.Message is FeatureLevelRecord { Name: MetadataVersion.FeatureName } feature)
            {
                Fault.If(
                    !MetadataVersion.TryFromLevel(feature.FeatureLevel, out MetadataVersion known),
                    $"This software does not know metadata.version {feature.FeatureLevel} of {source}.");
                version = known;
            }
        }

        Fault.If(version is null, $"No feature record for metadata.version was found in {source}.");
        return new BootstrapMetadata(all, version.Value, source);
    }

    /// <summary>The level of a feature among the records; 0 if none sets it.</summary>
    public short FeatureLevel(string name)
    {
        short level = 0;
        foreach (MessageAndVersion record in Records)
        {
            if (record.Message is FeatureLevelRecord feature && feature.Name == name)
            {
                level = feature.FeatureLevel;
            }
        }

        return level;
    }
}
