using System.Globalization;

using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The directory name of a partition and back. Pure. A name that could lead out of the log directory, or that reading
/// back would give another partition, does not exist.
/// </summary>
public static class PartitionDirectoryName
{
    /// <summary>
    /// Longest topic name: with <c>-2147483647</c> and a suffix it still fits a file name of 255 bytes.
    /// </summary>
    public const int TopicLengthMax = 249;

    private const int FileNameLengthMax = 255;
    private const string DeleteSuffix = "-delete";
    private const string FutureSuffix = "-future";
    private const string StraySuffix = "-stray";

    /// <summary>
    /// True for names a topic may have: letters, digits, <c>._-</c>, 1 to 249 of them, neither "." nor "..".
    /// </summary>
    public static bool IsTopicNameValid(ReadOnlySpan<char> topic)
    {
        if (topic.IsEmpty || topic.Length > TopicLengthMax || topic is "." or "..")
        {
            return false;
        }

        foreach (char c in topic)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The name, or null if the partition cannot have a directory.</summary>
    public static string? Of(TopicPartition partition) =>
        partition.Partition >= 0 && IsTopicNameValid(partition.Topic)
            ? string.Create(CultureInfo.InvariantCulture, $"{partition.Topic}-{partition.Partition}")
            : null;

    /// <summary>
    /// The name under which a partition waits for its removal; <paramref name="id"/> keeps it unique.
    /// </summary>
    public static string? OfDeleted(TopicPartition partition, Uuid id) => Renamed(partition, id, DeleteSuffix);

    /// <summary>
    /// The name of a partition's directory that nothing in the metadata explains: kept, but not served.
    /// </summary>
    public static string? OfStray(TopicPartition partition, Uuid id) => Renamed(partition, id, StraySuffix);

    /// <summary>What a directory name means. The partition is given for every kind but Unknown.</summary>
    public static PartitionDirectoryKind Parse(string name, out TopicPartition partition)
    {
        partition = default;
        PartitionDirectoryKind kind = KindOf(name);
        ReadOnlySpan<char> stem = name;
        if (kind != PartitionDirectoryKind.Partition)
        {
            int dot = name.LastIndexOf('.');
            if (dot < 0)
            {
                return PartitionDirectoryKind.Unknown;
            }

            stem = stem[..dot];
        }

        int dash = stem.LastIndexOf('-');
        if (dash <= 0 || !TryParsePartition(stem[(dash + 1)..], out int number) || !IsTopicNameValid(stem[..dash]))
        {
            return PartitionDirectoryKind.Unknown;
        }

        partition = new TopicPartition(stem[..dash].ToString(), number);
        return kind;
    }

    private static string? Renamed(TopicPartition partition, Uuid id, string kind)
    {
        if (Of(partition) is null)
        {
            return null;
        }

        string suffix = string.Create(
            CultureInfo.InvariantCulture,
            $"-{partition.Partition}.{id.MostSignificant:x16}{id.LeastSignificant:x16}{kind}");
        string topic = partition.Topic;
        int kept = Math.Min(topic.Length, FileNameLengthMax - suffix.Length);
        return string.Concat(topic.AsSpan(0, kept), suffix);
    }

    private static PartitionDirectoryKind KindOf(string name) =>
        name.EndsWith(DeleteSuffix, StringComparison.Ordinal) ? PartitionDirectoryKind.Deleted
        : name.EndsWith(FutureSuffix, StringComparison.Ordinal) ? PartitionDirectoryKind.Future
        : name.EndsWith(StraySuffix, StringComparison.Ordinal) ? PartitionDirectoryKind.Stray
        : PartitionDirectoryKind.Partition;

    private static bool TryParsePartition(ReadOnlySpan<char> text, out int number)
    {
        // "07" would be written back as "7": two directories for one partition. So only the canonical form counts.
        bool canonical = text.Length > 0 && (text[0] != '0' || text.Length == 1);
        number = -1;
        return canonical && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
