using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>
/// Reads a segment batch by batch, from a batch boundary to where it stops making sense, and builds its indexes on the
/// way. Below <c>trusted</c> bytes headers are believed; from there on each batch must match its checksum.
/// </summary>
internal sealed class SegmentScan(
    IDiskFile file, Offset baseOffset, SegmentIndexes indexes, LeaderEpochCache epochs, int indexIntervalBytes)
{
    // Large enough that reading a GiB is not a matter of system calls. For many small files no larger than they are.
    private const int BufferMax = 256 * 1024;

    private byte[] _large = [];
    private LeaderEpoch _epoch = LeaderEpoch.None;

    /// <summary>The log may be compacted: what was synced may be missing between two batches.</summary>
    public bool MayHaveGaps { get; init; }

    /// <summary>Where the valid bytes end.</summary>
    public long ValidBytes { get; private set; }

    /// <summary>The offset behind the last valid batch.</summary>
    public Offset EndOffset { get; private set; }

    public long MaxTimestamp { get; private set; } = RecordBatch.NoTimestamp;

    public Offset OffsetOfMaxTimestamp { get; private set; }

    /// <summary>Why the scan ended before the end of the file; null if it did not.</summary>
    public string? Damage { get; private set; }

    /// <summary>Transactions ended in what was scanned.</summary>
    public bool HasMarkers { get; private set; }

    /// <summary>Bytes whose checksums were computed.</summary>
    public long BytesValidated { get; private set; }

    /// <param name="position">Where to begin; a batch boundary.</param>
    /// <param name="expected">No batch may begin before this offset.</param>
    /// <param name="trustBelow">Batches that end below this offset need not prove themselves.</param>
    public void Run(long position, Offset expected, Offset trustBelow, long maxTimestamp, Offset offsetOfMaxTimestamp)
    {
        ValidBytes = position;
        EndOffset = expected;
        _epoch = epochs.Latest;
        MaxTimestamp = maxTimestamp;
        OffsetOfMaxTimestamp = offsetOfMaxTimestamp;
        long length = file.Length;
        byte[] buffer = new byte[Math.Clamp(length - position, RecordBatch.HeaderSize, BufferMax)];
        var scanner = new BatchScanner(file, buffer, position, length);
        while (scanner.MoveNext())
        {
            RecordBatch batch = scanner.Current;
            Damage = FirstFault(batch, EndOffset);
            if (!MayHaveGaps && EndOffset < trustBelow && batch.BaseOffset >= trustBelow)
            {
                // Trust ends where a batch ended when it was synced.
                Damage ??= $"a batch begins at offset {batch.BaseOffset} where one ended at {trustBelow}";
            }

            if (Damage is null && batch.NextOffset > trustBelow)
            {
                batch = scanner.ReadWhole(ref _large);
                BytesValidated += scanner.Size;
                Damage = batch.IsCrcValid() ? null : "a batch does not match its checksum";
            }

            if (Damage is not null || scanner.Position + scanner.Size > int.MaxValue)
            {
                Damage ??= "the segment is larger than 2 GiB";
                return;
            }

            Accept(batch, (int)scanner.Position);
            ValidBytes = scanner.Position + scanner.Size;
        }

        Damage = scanner.End switch
        {
            ScanEnd.Complete => null,
            ScanEnd.Partial => "the file ends within a batch",
            _ => "what follows is no batch",
        };
    }

    private string? FirstFault(RecordBatch batch, Offset expected)
    {
        if (batch.HasBaseOffset && batch.BaseOffset < expected)
        {
            return $"a batch begins at offset {batch.BaseOffset} where {expected} is the least";
        }

        if (batch.LastOffset < expected || batch.LastOffsetDelta < 0)
        {
            return $"a batch ends at offset {batch.LastOffset} where {expected} is the least";
        }

        // Pages of a file that was cut off and written again may come back in any mixture: what was written under an
        // older leader cannot follow what was written under a newer one.
        if (batch.PartitionLeaderEpoch.Value >= 0 && batch.PartitionLeaderEpoch < _epoch)
        {
            return $"a batch of epoch {batch.PartitionLeaderEpoch} follows one of epoch {_epoch}";
        }

        return batch.LastOffset - baseOffset > int.MaxValue
            ? $"offset {batch.LastOffset} is too far from the segment's base"
            : null;
    }

    private void Accept(RecordBatch batch, int position)
    {
        if (batch.MaxTimestamp > MaxTimestamp)
        {
            MaxTimestamp = batch.MaxTimestamp;
            OffsetOfMaxTimestamp = batch.LastOffset;
        }

        indexes.Observe(
            (int)(batch.LastOffset - baseOffset),
            position,
            indexIntervalBytes,
            MaxTimestamp,
            (int)(OffsetOfMaxTimestamp - baseOffset));
        if (batch.PartitionLeaderEpoch > _epoch)
        {
            _epoch = batch.PartitionLeaderEpoch;
            epochs.Assign(_epoch, batch.BaseOffset);
        }

        HasMarkers |= batch.IsControl && batch.HasProducerId;
        EndOffset = batch.NextOffset;
    }
}
