using System.Globalization;

using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The files that hold one offset per partition of a log directory (recovery points, high watermarks, log start
/// offsets, cleaner positions): lines of <c>topic partition offset</c>. Pure.
/// </summary>
internal static class OffsetCheckpoint
{
    public const string RecoveryPoints = "recovery-point-offset-checkpoint";
    public const string HighWatermarks = "replication-offset-checkpoint";
    public const string LogStartOffsets = "log-start-offset-checkpoint";
    public const string CleanerPositions = "cleaner-offset-checkpoint";

    public static byte[] Format(IEnumerable<KeyValuePair<TopicPartition, Offset>> offsets)
    {
        var lines = new List<string>();
        foreach ((TopicPartition partition, Offset offset) in offsets)
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture, $"{partition.Topic} {partition.Partition} {offset.Value}"));
        }

        // Sorted, so that the same state always gives the same bytes.
        lines.Sort(StringComparer.Ordinal);
        return CheckpointText.Format(lines);
    }

    public static Dictionary<TopicPartition, Offset> Parse(ReadOnlySpan<byte> content, string name)
    {
        var offsets = new Dictionary<TopicPartition, Offset>();
        CultureInfo culture = CultureInfo.InvariantCulture;
        foreach (string line in CheckpointText.Parse(content, name))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 3
                || !int.TryParse(words[1], NumberStyles.None, culture, out int partition)
                || !long.TryParse(words[2], NumberStyles.AllowLeadingSign, culture, out long offset))
            {
                throw new CheckpointFormatException($"{name}: malformed line '{line}'");
            }

            offsets[new TopicPartition(words[0], partition)] = new Offset(offset);
        }

        return offsets;
    }
}
