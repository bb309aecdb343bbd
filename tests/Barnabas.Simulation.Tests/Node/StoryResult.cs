using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

/// <summary>How a story went.</summary>
internal sealed record StoryResult(
    ulong Seed,
    ulong TraceHash,
    long TraceEntries,
    TimeSpan VirtualTime,
    long BatchesAcknowledged,
    long RecordsRead,
    long OffsetsCommitted,
    int Crashes,
    int LivesWithoutADirectory,
    IReadOnlyDictionary<ErrorCode, int> Errors,
    IReadOnlyList<string> Findings)
{
    public override string ToString() =>
        $"seed {Seed}: {BatchesAcknowledged} batches, {RecordsRead} records read, {OffsetsCommitted} commits, "
        + $"{Crashes} crashes, {VirtualTime.TotalSeconds:F1} s, {TraceEntries} entries, "
        + $"errors [{string.Join(", ", Errors.Select(static error => $"{error.Key} {error.Value}"))}]"
        + string.Concat(Findings.Take(8).Select(static finding => $"\n    {finding}"));
}
