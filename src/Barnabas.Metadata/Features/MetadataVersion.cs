using System.Collections.Immutable;
using System.Globalization;

namespace Barnabas.Metadata;

/// <summary>
/// The level of <c>metadata.version</c>: which record types and versions may stand in the metadata log. Finalized for
/// the whole cluster; every node must know the finalized level, so a new level is used only after all were upgraded.
/// </summary>
public readonly record struct MetadataVersion : IComparable<MetadataVersion>
{
    /// <summary>The name of the feature.</summary>
    public const string FeatureName = "metadata.version";

    private const short MinimumLevel = 7;

    // Names by level, from MinimumLevel on, and whether the level brought records that the level below does not know.
    private static readonly ImmutableArray<(string Name, bool ChangesRecords)> Levels =
    [
        ("3.3-IV3", true), ("3.4-IV0", true), ("3.5-IV0", false), ("3.5-IV1", false), ("3.5-IV2", true),
        ("3.6-IV0", false), ("3.6-IV1", true), ("3.6-IV2", true), ("3.7-IV0", true), ("3.7-IV1", false),
        ("3.7-IV2", true), ("3.7-IV3", false), ("3.7-IV4", false), ("3.8-IV0", false), ("3.9-IV0", false),
        ("4.0-IV0", false), ("4.0-IV1", true), ("4.0-IV2", false), ("4.0-IV3", false), ("4.1-IV0", false),
        ("4.1-IV1", false), ("4.2-IV0", false), ("4.2-IV1", false), ("4.3-IV0", true), ("4.4-IV0", false),
        ("4.4-IV1", true), ("4.4-IV2", true),
    ];

    private readonly short _above;

    private MetadataVersion(short level)
    {
        _above = (short)(level - MinimumLevel);
    }

    /// <summary>3.3-IV3, the oldest level this software can read and write.</summary>
    public static MetadataVersion Minimum => default;

    /// <summary>4.4-IV2, the level a new cluster starts with.</summary>
    public static MetadataVersion LatestProduction => new((short)(MinimumLevel + Levels.Length - 1));

    /// <summary>The number in the feature record.</summary>
    public short Level => (short)(_above + MinimumLevel);

    /// <summary>Kafka's name, as in <c>4.4-IV2</c>.</summary>
    public string Name => Levels[_above].Name;

    /// <summary>SCRAM credentials may be written (KIP-900).</summary>
    public bool HasScram => Level >= 11;

    /// <summary>Before 3.6 a shrinking ISR had to raise the leader epoch (KAFKA-15021).</summary>
    public bool RaisesLeaderEpochOnIsrShrink => Level < 12;

    /// <summary>Begin, end and abort records may be written (KIP-868).</summary>
    public bool HasTransactions => Level >= 13;

    /// <summary>Delegation tokens may be written (KIP-900).</summary>
    public bool HasDelegationTokens => Level >= 14;

    /// <summary>Controllers register with endpoints and features (KIP-919).</summary>
    public bool HasControllerRegistration => Level >= 15;

    /// <summary>Partitions know the log directory of each replica (KIP-858).</summary>
    public bool HasDirectoryAssignment => Level >= 17;

    /// <summary>Partition records have the fields of eligible leader replicas (KIP-966).</summary>
    public bool HasEligibleLeaderReplicas => Level >= 23;

    /// <summary>Brokers report log directories that take no new replicas (KIP-1066).</summary>
    public bool HasCordonedLogDirs => Level >= 30;

    /// <summary>Controllers can be unregistered.</summary>
    public bool HasControllerUnregistration => Level >= 33;

    /// <summary>NoOp records may be written to an idle log (KIP-835).</summary>
    public static bool HasNoOpRecords => true;

    public short RegisterBrokerRecordVersion =>
        HasCordonedLogDirs ? (short)4 : HasDirectoryAssignment ? (short)3 : Level >= 8 ? (short)2 : (short)1;

    public short PartitionRecordVersion =>
        HasEligibleLeaderReplicas ? (short)2 : HasDirectoryAssignment ? (short)1 : (short)0;

    public short PartitionChangeRecordVersion => PartitionRecordVersion;

    /// <summary>False if this software does not know the level.</summary>
    public static bool TryFromLevel(short level, out MetadataVersion version)
    {
        version = default;
        if (level < MinimumLevel || level - MinimumLevel >= Levels.Length)
        {
            return false;
        }

        version = new MetadataVersion(level);
        return true;
    }

    /// <summary>Takes <c>4.4-IV2</c>, or a release as <c>4.4</c> or <c>4.4.0</c>, which means its newest
    /// level.</summary>
    public static bool TryParse(string text, out MetadataVersion version)
    {
        version = default;
        string[] segments = text.Split('.');
        string wanted = segments.Length > 2 ? $"{segments[0]}.{segments[1]}" : text;
        for (int above = Levels.Length - 1; above >= 0; above--)
        {
            string name = Levels[above].Name;
            bool isRelease = name.AsSpan(0, name.IndexOf('-', StringComparison.Ordinal)).SequenceEqual(wanted);
            if (isRelease || name == wanted)
            {
                version = new MetadataVersion((short)(above + MinimumLevel));
                return true;
            }
        }

        return false;
    }

    /// <summary>True if going from one level to the other, in either direction, crosses a change of the
    /// records.</summary>
    public static bool RecordsDiffer(MetadataVersion one, MetadataVersion other)
    {
        int low = Math.Min(one._above, other._above);
        int high = Math.Max(one._above, other._above);
        for (int above = low + 1; above <= high; above++)
        {
            if (Levels[above].ChangesRecords)
            {
                return true;
            }
        }

        return false;
    }

    public int CompareTo(MetadataVersion other) => _above.CompareTo(other._above);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}");
}
