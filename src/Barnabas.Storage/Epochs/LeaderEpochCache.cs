using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// Where each leader epoch of a log begins (KIP-101). Followers and consumers find with it how far their log agrees
/// with the leader's. One writer; readers from any thread see a published immutable array.
/// </summary>
/// <remarks>
/// Invariant: entries rise strictly in epoch and in start offset, and are exactly the transitions in the log.
/// </remarks>
public sealed class LeaderEpochCache
{
    private EpochEntry[] _entries = [];

    /// <summary>All entries, oldest first.</summary>
    public ReadOnlySpan<EpochEntry> Entries => Published;

    /// <summary>The epoch of the last batch; None for a log without any.</summary>
    public LeaderEpoch Latest
    {
        get
        {
            EpochEntry[] entries = Volatile.Read(ref _entries);
            return entries.Length == 0 ? LeaderEpoch.None : entries[^1].Epoch;
        }
    }

    /// <summary>The epoch a record at this offset was written in; None if the offset lies before all entries.</summary>
    public LeaderEpoch EpochAt(Offset offset)
    {
        LeaderEpoch epoch = LeaderEpoch.None;
        foreach (EpochEntry entry in Entries)
        {
            if (entry.StartOffset > offset)
            {
                break;
            }

            epoch = entry.Epoch;
        }

        return epoch;
    }

    /// <summary>Answers OffsetForLeaderEpoch: see <see cref="EpochEndOffset"/>.</summary>
    public EpochEndOffset EndOffsetFor(LeaderEpoch requested, Offset logEndOffset)
    {
        ReadOnlySpan<EpochEntry> entries = Entries;
        if (requested < new LeaderEpoch(0) || entries.IsEmpty || requested > entries[^1].Epoch)
        {
            return EpochEndOffset.Unknown;
        }

        if (requested == entries[^1].Epoch)
        {
            return new EpochEndOffset(requested, logEndOffset);
        }

        int higher = 0;
        while (entries[higher].Epoch <= requested)
        {
            higher++;
        }

        // Epochs before the first entry left with deleted segments: their end is where what is left begins.
        LeaderEpoch found = higher == 0 ? requested : entries[higher - 1].Epoch;
        return new EpochEndOffset(found, entries[higher].StartOffset);
    }

    /// <summary>As <see cref="Entries"/>, to be kept; nobody writes to it any more.</summary>
    internal EpochEntry[] Published => Volatile.Read(ref _entries);

    /// <summary>
    /// A batch of this epoch begins at this offset. Entries it contradicts (same or later epoch, same or later offset)
    /// go.
    /// </summary>
    internal void Assign(LeaderEpoch epoch, Offset startOffset)
    {
        Invariant.That(epoch.Value >= 0 && startOffset.Value >= 0);
        EpochEntry[] entries = _entries;
        if (entries.Length > 0 && entries[^1].Epoch == epoch && entries[^1].StartOffset <= startOffset)
        {
            return;
        }

        int kept = entries.Length;
        while (kept > 0 && (entries[kept - 1].Epoch >= epoch || entries[kept - 1].StartOffset >= startOffset))
        {
            kept--;
        }

        Publish([.. entries.AsSpan(0, kept), new EpochEntry(epoch, startOffset)]);
    }

    /// <summary>The log now ends here: epochs that began at or after it are gone.</summary>
    internal void TruncateFromEnd(Offset endOffset)
    {
        EpochEntry[] entries = _entries;
        int kept = entries.Length;
        while (kept > 0 && entries[kept - 1].StartOffset >= endOffset)
        {
            kept--;
        }

        if (kept < entries.Length)
        {
            Publish(entries[..kept]);
        }
    }

    /// <summary>
    /// The log now starts here: the epoch that spans the new start begins there, older ones are gone.
    /// </summary>
    internal void TruncateFromStart(Offset startOffset)
    {
        EpochEntry[] entries = _entries;
        int dropped = 0;
        while (dropped < entries.Length && entries[dropped].StartOffset <= startOffset)
        {
            dropped++;
        }

        bool alreadyThere = dropped == 0 || (dropped == 1 && entries[0].StartOffset == startOffset);
        if (!alreadyThere)
        {
            Publish([new EpochEntry(entries[dropped - 1].Epoch, startOffset), .. entries.AsSpan(dropped)]);
        }
    }

    internal void Clear()
    {
        if (_entries.Length > 0)
        {
            Publish([]);
        }
    }

    /// <summary>Takes the entries of a checkpoint file; they need not be sound, as Kafka tolerates it too.</summary>
    internal void Load(IEnumerable<EpochEntry> entries)
    {
        foreach (EpochEntry entry in entries)
        {
            Assign(entry.Epoch, entry.StartOffset);
        }
    }

    private void Publish(EpochEntry[] entries) => Volatile.Write(ref _entries, entries);
}
