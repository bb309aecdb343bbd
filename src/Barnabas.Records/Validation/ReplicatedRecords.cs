using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>What a follower finds in the bytes that its leader has sent: whole batches, one behind the other.</summary>
public readonly record struct ReplicatedRecords
{
    public ErrorCode Error { get; private init; }

    /// <summary>Null if there is no error.</summary>
    public string? Message { get; private init; }

    /// <summary>The bytes to append; what is behind them is cut off or of a later epoch.</summary>
    public int ValidBytes { get; private init; }

    public int BatchCount { get; private init; }

    /// <summary>
    /// The first offset, or the last of the first batch where magic 0 or 1 does not tell the first (see
    /// <see cref="RecordBatch.HasBaseOffset"/>). None if there is no batch.
    /// </summary>
    public Offset FirstOffset { get; private init; }

    public Offset LastOffset { get; private init; }

    public LeaderEpoch LastLeaderEpoch { get; private init; }

    /// <summary>The largest of all batches, or -1.</summary>
    public long MaxTimestamp { get; private init; }

    /// <summary>
    /// Walks over all batches: sound lengths and checksums, offsets that rise. Batches of an epoch above
    /// <paramref name="currentEpoch"/> end the walk: the leader sent them after this follower's fetch was answered by
    /// an older one, and they must be fetched again under their own epoch.
    /// </summary>
    public static ReplicatedRecords Inspect(ReadOnlySpan<byte> records, LeaderEpoch currentEpoch)
    {
        var found = new ReplicatedRecords
        {
            FirstOffset = Offset.None,
            LastOffset = Offset.None,
            LastLeaderEpoch = LeaderEpoch.None,
            MaxTimestamp = RecordBatch.NoTimestamp,
        };
        var batches = new RecordBatchIterator(records);
        while (batches.MoveNext())
        {
            RecordBatch batch = batches.Current;
            if (batch.PartitionLeaderEpoch > currentEpoch)
            {
                return found;
            }

            if (!batch.IsCrcValid())
            {
                return Refuse($"The batch at {batch.BaseOffset} does not fit its checksum");
            }

            if (found.BatchCount > 0 && batch.BaseOffset <= found.LastOffset)
            {
                return Refuse($"The batch at {batch.BaseOffset} follows one that ends at {found.LastOffset}");
            }

            found = new ReplicatedRecords
            {
                ValidBytes = batches.Position + batch.Size,
                BatchCount = found.BatchCount + 1,
                FirstOffset = found.BatchCount == 0 ? batch.BaseOffset : found.FirstOffset,
                LastOffset = batch.LastOffset,
                LastLeaderEpoch = batch.PartitionLeaderEpoch,
                MaxTimestamp = Math.Max(found.MaxTimestamp, batch.MaxTimestamp),
            };
        }

        return batches.End is BatchFrame.BadLength or BatchFrame.BadMagic
            ? Refuse($"There is no batch at byte {batches.Position}")
            : found;
    }

    private static ReplicatedRecords Refuse(string message) => new()
    {
        Error = ErrorCode.CorruptMessage,
        Message = message,
        FirstOffset = Offset.None,
        LastOffset = Offset.None,
        LastLeaderEpoch = LeaderEpoch.None,
        MaxTimestamp = RecordBatch.NoTimestamp,
    };
}
