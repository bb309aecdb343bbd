using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// May this batch be appended? If it is a duplicate, it was, and <paramref name="Original"/> tells where.
/// </summary>
internal readonly record struct ProducerCheck(
    ErrorCode Error, string? Message, bool IsDuplicate, BatchMetadata Original)
{
    public static ProducerCheck Accepted => default;

    public static ProducerCheck Refused(ErrorCode error, string message) => new(error, message, false, default);

    public static ProducerCheck Duplicate(BatchMetadata original) => new(ErrorCode.None, null, true, original);
}
