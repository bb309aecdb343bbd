using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// Where a consumer stands in one of its partitions. A new object with every assignment: an answer that belongs to an
/// older one finds nobody. Guarded by the consumer's lock.
/// </summary>
internal sealed class PartitionState(TopicPartition partition)
{
    public TopicPartition Partition { get; } = partition;

    /// <summary>The next record for the application; null until it is known where to begin.</summary>
    public long? Position { get; set; }

    /// <summary>
    /// The position was lost or is to be found anew, in this way; null takes the committed offset first.
    /// </summary>
    public OffsetReset? Reset { get; set; }

    public bool IsPaused { get; set; }

    /// <summary>A request for this partition is under way.</summary>
    public bool IsFetching { get; set; }

    /// <summary>After an error: not before then.</summary>
    public MonotonicTime NotBefore { get; set; }

    public int Failures { get; set; }

    /// <summary>Fetched and not yet decoded.</summary>
    public FetchedPartition? Fetched { get; set; }

    /// <summary>Decoded and not yet handed out, from <see cref="DecodedFrom"/> on.</summary>
    public List<ConsumeResult> Decoded { get; } = [];

    public int DecodedFrom { get; set; }

    /// <summary>The end of the log as the last fetch saw it, -1 before.</summary>
    public long HighWatermark { get; set; } = -1;

    public bool HasBuffered => Fetched is not null || DecodedFrom < Decoded.Count;

    public bool IsFetchable(MonotonicTime now) =>
        Position is not null && !IsPaused && !IsFetching && !HasBuffered && NotBefore <= now;

    /// <summary>Goes elsewhere: what was fetched from here is of no use.</summary>
    public void MoveTo(long position)
    {
        Position = position;
        Reset = null;
        Discard();
    }

    /// <summary>Forgets the position, to be found by <paramref name="reset"/>.</summary>
    public void Lose(OffsetReset? reset)
    {
        Position = null;
        Reset = reset;
        Discard();
    }

    /// <summary>Takes up to <paramref name="max"/> records out. Throws what the decoder throws.</summary>
    public void Take(List<ConsumeResult> results, int max)
    {
        while (max > 0)
        {
            if (DecodedFrom == Decoded.Count)
            {
                Decoded.Clear();
                DecodedFrom = 0;
                if (Fetched is null)
                {
                    return;
                }

                if (!Fetched.TryDecodeBatch(Decoded))
                {
                    // Control batches and compacted records move the position though they bring nothing.
                    Position = Math.Max(Position ?? 0, Fetched.NextOffset);
                    Fetched = null;
                    return;
                }
            }

            int count = Math.Min(max, Decoded.Count - DecodedFrom);
            for (int i = 0; i < count; i++)
            {
                results.Add(Decoded[DecodedFrom + i]);
            }

            DecodedFrom += count;
            max -= count;
            Position = Decoded[DecodedFrom - 1].Offset.Value + 1;
        }
    }

    private void Discard()
    {
        Fetched = null;
        Decoded.Clear();
        DecodedFrom = 0;
    }
}
