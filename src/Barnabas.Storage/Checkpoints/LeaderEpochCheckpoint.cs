using System.Globalization;

using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary><c>leader-epoch-checkpoint</c> of a partition: lines of <c>epoch startOffset</c>. Pure.</summary>
internal static class LeaderEpochCheckpoint
{
    public const string Name = "leader-epoch-checkpoint";

    public static byte[] Format(ReadOnlySpan<EpochEntry> entries)
    {
        var lines = new List<string>(entries.Length);
        foreach (EpochEntry entry in entries)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{entry.Epoch.Value} {entry.StartOffset.Value}"));
        }

        return CheckpointText.Format(lines);
    }

    public static List<EpochEntry> Parse(ReadOnlySpan<byte> content, string name)
    {
        var entries = new List<EpochEntry>();
        foreach (string line in CheckpointText.Parse(content, name))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 2
                || !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int epoch)
                || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
            {
                throw new CheckpointFormatException($"{name}: malformed line '{line}'");
            }

            entries.Add(new EpochEntry(new LeaderEpoch(epoch), new Offset(offset)));
        }

        return entries;
    }
}
