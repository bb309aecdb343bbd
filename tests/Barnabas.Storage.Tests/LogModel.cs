using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage.Tests;

/// <summary>
/// The naive twin of a log: all batches it ever had, version by version. A truncation begins a new version, because a
/// crash may bring back the one before.
/// </summary>
internal sealed class LogModel
{
    private readonly List<List<byte[]>> _versions = [[]];
    private Offset _base;

    public List<byte[]> Current => _versions[^1];

    /// <summary>All below was synced, by the log's own word.</summary>
    public Offset Synced { get; set; }

    /// <summary>Where the log started when that was last written to a checkpoint.</summary>
    public Offset LogStart { get; set; }

    /// <summary>A batch that may or may not have reached the disk when the crash came.</summary>
    public byte[]? Pending { get; set; }

    public bool IsTruncating { get; set; }

    public Offset End => Current.Count == 0 ? _base : new RecordBatch(Current[^1]).NextOffset;

    public void Append(byte[] batch)
    {
        Current.Add(batch);
        Pending = null;
    }

    public void Truncate(Offset end)
    {
        _versions.Add(Current.FindAll(batch => new RecordBatch(batch).NextOffset <= end));
        Synced = Offset.Min(Synced, end);
    }

    public void Restart(Offset offset)
    {
        _versions.Add([]);
        _base = offset;
    }

    /// <summary>
    /// Is this what a crash may leave? All of one version's batches from the start on, none missing in between.
    /// </summary>
    public bool Allows(List<byte[]> recovered, bool losePower)
    {
        foreach (List<byte[]> version in losePower || IsTruncating ? _versions : [Current])
        {
            if (IsPart(recovered, version))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsPart(List<byte[]> recovered, List<byte[]> version)
    {
        if (recovered.Count == 0)
        {
            return true;
        }

        long first = new RecordBatch(recovered[0]).BaseOffset.Value;
        int at = version.FindIndex(batch => new RecordBatch(batch).BaseOffset.Value == first);
        if (at < 0)
        {
            return recovered.Count == 1 && Pending is not null && recovered[0].AsSpan().SequenceEqual(Pending);
        }

        for (int i = 0; i < recovered.Count; i++)
        {
            byte[]? expected = at + i < version.Count ? version[at + i] : at + i == version.Count ? Pending : null;
            if (expected is null || !recovered[i].AsSpan().SequenceEqual(expected))
            {
                return false;
            }
        }

        return true;
    }
}
