using System.Globalization;
using Barnabas.Metadata;

namespace Barnabas.Broker;

/// <summary>Which feature levels a new cluster starts with.</summary>
internal static class FormatFeatures
{
    /// <summary>All levels, kraft.version and metadata.version included.</summary>
    public static SortedDictionary<string, short> Resolve(FormatOptions options, out MetadataVersion version)
    {
        SortedDictionary<string, short> asked = Parse(options.Features);
        version = ResolveVersion(options, asked);
        var levels = new SortedDictionary<string, short>(StringComparer.Ordinal)
        {
            [MetadataVersion.FeatureName] = version.Level,
        };
        foreach (Feature feature in Feature.All)
        {
            short? wanted = asked.TryGetValue(feature.Name, out short level) ? level : null;
            if (wanted is { } given && !feature.Supported.Contains(given))
            {
                throw new StorageFormatException($"No feature:{feature.Name} with feature level {given}");
            }

            levels[feature.Name] = feature.Name == Feature.KRaftVersionName
                ? KRaftVersion(options, wanted)
                : wanted ?? feature.DefaultLevel(version);
            RequireMetadataVersion(feature, levels[feature.Name], version);
        }

        return levels;
    }

    private static void RequireMetadataVersion(Feature feature, short level, MetadataVersion version)
    {
        short needed = feature.RequiredMetadataLevel(level);
        if (version.Level < needed)
        {
            throw new StorageFormatException(
                $"{feature.Name} could not be set to {level} because it depends on metadata.version level {needed}");
        }
    }

    private static SortedDictionary<string, short> Parse(IReadOnlyList<string> features)
    {
        var asked = new SortedDictionary<string, short>(StringComparer.Ordinal);
        foreach (string feature in features)
        {
            int equals = feature.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                throw new StorageFormatException(
                    $"Can't parse feature=level string {feature}: equals sign not found.");
            }

            string name = feature[..equals].Trim();
            string level = feature[(equals + 1)..].Trim();
            if (!short.TryParse(level, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out short number))
            {
                throw new StorageFormatException(
                    $"Can't parse feature=level string {feature}: unable to parse {level} as a short.");
            }

            if (name != MetadataVersion.FeatureName && Feature.Find(name) is null)
            {
                string known = string.Join(", ", Feature.All.Select(static f => f.Name).Order(StringComparer.Ordinal));
                throw new StorageFormatException($"Unsupported feature: {name}. Supported features are: {known}");
            }

            asked[name] = number;
        }

        return asked;
    }

    private static MetadataVersion ResolveVersion(FormatOptions options, SortedDictionary<string, short> asked)
    {
        if (asked.TryGetValue(MetadataVersion.FeatureName, out short level))
        {
            if (options.ReleaseVersion is not null)
            {
                throw new StorageFormatException(
                    "Use --release-version instead of --feature metadata.version=X to avoid ambiguity.");
            }

            return MetadataVersion.TryFromLevel(level, out MetadataVersion byLevel)
                ? byLevel
                : throw new StorageFormatException($"No MetadataVersion with feature level {level}.");
        }

        if (options.ReleaseVersion is not { } release)
        {
            return MetadataVersion.LatestProduction;
        }

        return StorageFormatter.Release(release);
    }

    // Without an option it follows from how the voters are given, as it always did.
    private static short KRaftVersion(FormatOptions options, short? wanted)
    {
        bool isDynamic = !options.HasStaticVoters;
        if (wanted == 0 && isDynamic)
        {
            throw new StorageFormatException(
                "Cannot set kraft.version to 0 if controller.quorum.voters is empty and one of the flags " +
                "--standalone, --initial-controllers, or --no-initial-controllers is used. For dynamic " +
                "controllers support, try " +
                "removing the --feature flag for kraft.version.");
        }

        if (wanted > 0 && !isDynamic)
        {
            throw new StorageFormatException(
                $"Cannot set kraft.version to {wanted} unless controller.quorum.voters is empty and one of the flags " +
                "--standalone, --initial-controllers, or --no-initial-controllers is used.");
        }

        return wanted ?? (isDynamic ? (short)1 : (short)0);
    }
}
