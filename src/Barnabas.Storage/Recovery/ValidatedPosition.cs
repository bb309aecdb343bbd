using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// Up to here a log was known to be valid, synced or not. The last batch serves as witness that the file is still the
/// same: another program may have used the directory in between.
/// </summary>
/// <param name="SegmentBase">The active segment.</param>
/// <param name="Position">Its valid bytes.</param>
/// <param name="EndOffset">The log end offset there.</param>
/// <param name="LastBatchPosition">Where the last batch of the segment begins; -1 if it has none.</param>
/// <param name="LastBatchCrc">Its stored checksum.</param>
/// <param name="HasProducers">False if no idempotent producer was known, so that none has to be looked for.</param>
internal sealed record ValidatedPosition(
    Offset SegmentBase,
    int Position,
    Offset EndOffset,
    int LastBatchPosition,
    uint LastBatchCrc,
    bool HasProducers);
