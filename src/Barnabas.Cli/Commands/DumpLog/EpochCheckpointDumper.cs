using System.Globalization;

namespace Barnabas.Cli;

/// <summary>
/// Prints a <c>leader-epoch-checkpoint</c>: a version, a count, then an epoch and its first offset per line.
/// </summary>
internal static class EpochCheckpointDumper
{
    public static void Dump(string file, TextWriter output)
    {
        string[] lines = File.ReadAllLines(file);
        if (lines.Length < 2
            || lines[0] != "0"
            || !int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || lines.Length != count + 2)
        {
            throw new CommandFailure($"{file} is no checkpoint of version 0 with as many lines as it says");
        }

        foreach (string line in lines.AsSpan(2))
        {
            if (line.Split(' ') is not [string epoch, string offset])
            {
                throw new CommandFailure($"{file}: '{line}' is not an epoch and an offset");
            }

            output.WriteLine($"epoch: {epoch} startOffset: {offset}");
        }
    }
}
