using System.Globalization;
using System.Text;

namespace Barnabas.Storage;

/// <summary>
/// The frame that Kafka's checkpoint files share: a line with the version 0, a line with the number of entries, then
/// one entry per line. Pure.
/// </summary>
internal static class CheckpointText
{
    private const char Version = '0';

    public static byte[] Format(IReadOnlyList<string> entries)
    {
        var text = new StringBuilder();
        text.Append(Version).Append('\n').Append(entries.Count.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (string entry in entries)
        {
            text.Append(entry).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The entry lines. An empty file has none, as Kafka creates files empty before it fills them.</summary>
    public static string[] Parse(ReadOnlySpan<byte> content, string name)
    {
        if (content.IsEmpty)
        {
            return [];
        }

        string[] lines = Encoding.UTF8.GetString(content).Split('\n');
        if (lines[0].TrimEnd('\r') is not [Version])
        {
            throw new CheckpointFormatException($"{name}: version '{lines[0]}' where 0 is due");
        }

        if (lines.Length < 2 || lines[1].Length == 0)
        {
            return [];
        }

        if (!int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            throw new CheckpointFormatException($"{name}: '{lines[1]}' where the number of entries is due");
        }

        int last = lines.Length;
        while (last > 2 && lines[last - 1].Length == 0)
        {
            last--;
        }

        if (last - 2 != count)
        {
            throw new CheckpointFormatException($"{name}: {last - 2} entries where {count} are announced");
        }

        return lines[2..last];
    }
}
