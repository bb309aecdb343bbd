using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>How a read of a coordinator's log ended.</summary>
/// <param name="Count">Bytes of whole batches copied. 0 at the end of the log, or if not even one batch fits.</param>
/// <param name="FirstBatchSize">Bytes of the first batch at the position; tells how much room is needed.</param>
/// <param name="LogEndOffset">Where the log ended when it was read.</param>
public readonly record struct CoordinatorRead(
    ErrorCode Error, int Count, int FirstBatchSize, Offset LogEndOffset, Offset HighWatermark)
{
    public static CoordinatorRead Failed(ErrorCode error) => new(error, 0, 0, Offset.None, Offset.None);
}
