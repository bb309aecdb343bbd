using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>How an append to a coordinator's log ended.</summary>
/// <param name="BaseOffset">The offset of the batch's first record; meaningless with an error.</param>
/// <param name="HighWatermark">The high watermark after the append: a single replica commits at once.</param>
public readonly record struct CoordinatorAppend(ErrorCode Error, Offset BaseOffset, Offset HighWatermark)
{
    public static CoordinatorAppend Failed(ErrorCode error) => new(error, Offset.None, Offset.None);
}
