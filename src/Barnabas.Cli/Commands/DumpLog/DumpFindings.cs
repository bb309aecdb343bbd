namespace Barnabas.Cli;

/// <summary>What did not fit together, told behind the dump as Kafka's tool does.</summary>
internal sealed class DumpFindings
{
    private readonly SortedDictionary<string, List<string>> _indexMismatches = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<string>> _timestampMismatches = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<string>> _timestampsOutOfOrder = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<string>> _offsetsNotFound = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<string>> _gaps = new(StringComparer.Ordinal);

    public void IndexMismatch(string file, long indexOffset, long logOffset) =>
        Add(_indexMismatches, file, $"  Index offset: {indexOffset}, log offset: {logOffset}");

    public void TimestampMismatch(string file, long indexed, long logged) =>
        Add(_timestampMismatches, file, $"  Index timestamp: {indexed}, log timestamp: {logged}");

    public void TimestampOutOfOrder(string file, long indexed, long previous) =>
        Add(_timestampsOutOfOrder, file, $"  Index timestamp: {indexed}, Previously indexed timestamp: {previous}");

    public void OffsetNotFound(string file, long indexed, long found) =>
        Add(_offsetsNotFound, file, $"Indexed offset: {indexed}, found log offset: {found}");

    public void Gap(string file, long before, long after) => Add(_gaps, file, $"  {before} is followed by {after}");

    public void Print(TextWriter errors)
    {
        Print(errors, "Mismatches in :", _indexMismatches);
        Print(errors, "Found timestamp mismatch in :", _timestampMismatches);
        Print(errors, "Found out of order timestamp in :", _timestampsOutOfOrder);
        Print(errors, "The following indexed offsets are not found in :", _offsetsNotFound);
        Print(errors, "Non-consecutive offsets in ", _gaps);
    }

    private static void Add(SortedDictionary<string, List<string>> findings, string file, string line)
    {
        string path = Path.GetFullPath(file);
        if (!findings.TryGetValue(path, out List<string>? lines))
        {
            findings.Add(path, lines = []);
        }

        lines.Add(line);
    }

    private static void Print(TextWriter errors, string heading, SortedDictionary<string, List<string>> findings)
    {
        foreach ((string file, List<string> lines) in findings)
        {
            errors.WriteLine(heading + file);
            foreach (string line in lines)
            {
                errors.WriteLine(line);
            }
        }
    }
}
