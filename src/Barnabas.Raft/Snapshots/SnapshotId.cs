using System.Globalization;

namespace Barnabas.Raft;

/// <summary>
/// Names a snapshot of the metadata: the end offset (exclusive) of the log prefix it stands for, and the epoch of the
/// last record in it. The file is <c>&lt;20 digits&gt;-&lt;10 digits&gt;.checkpoint</c> beside the log (KIP-630).
/// </summary>
public readonly record struct SnapshotId(long EndOffset, int Epoch) : IComparable<SnapshotId>
{
    private const string Suffix = ".checkpoint";

    // Offset, hyphen, epoch.
    private const int DigitsLength = 20 + 1 + 10;

    /// <summary>What formatting writes: stands for no record of the log at all.</summary>
    public static SnapshotId Bootstrap => default;

    /// <summary>The name of the finished file.</summary>
    public string FileName => string.Create(CultureInfo.InvariantCulture, $"{EndOffset:D20}-{Epoch:D10}{Suffix}");

    /// <summary>True for leftovers of interrupted writes and deletions.</summary>
    public static bool IsLeftover(string fileName) =>
        fileName.EndsWith(".checkpoint.part", StringComparison.Ordinal)
        || fileName.EndsWith(".checkpoint.deleted", StringComparison.Ordinal);

    public static bool TryParse(string fileName, out SnapshotId id)
    {
        id = default;
        if (fileName.Length != DigitsLength + Suffix.Length
            || !fileName.EndsWith(Suffix, StringComparison.Ordinal)
            || fileName[20] != '-'
            || !long.TryParse(fileName.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out long end)
            || !int.TryParse(fileName.AsSpan(21, 10), NumberStyles.None, CultureInfo.InvariantCulture, out int epoch))
        {
            return false;
        }

        id = new SnapshotId(end, epoch);
        return true;
    }

    public int CompareTo(SnapshotId other)
    {
        int byOffset = EndOffset.CompareTo(other.EndOffset);
        return byOffset != 0 ? byOffset : Epoch.CompareTo(other.Epoch);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{EndOffset}-{Epoch}");
}
