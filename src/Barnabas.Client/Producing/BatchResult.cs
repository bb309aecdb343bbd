using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>What became of one batch of a produce request, as the broker says or as the lost connection does.</summary>
/// <param name="Error">The partition's error.</param>
/// <param name="BaseOffset">The offset of the first record, -1 if unknown.</param>
/// <param name="LogAppendTimeMs">The broker's stamp, -1 if the topic keeps the producer's.</param>
/// <param name="LogStartOffset">Where the log starts, -1 if the broker did not say.</param>
/// <param name="Message">The broker's words, if any.</param>
internal readonly record struct BatchResult(
    ErrorCode Error,
    long BaseOffset = -1,
    long LogAppendTimeMs = -1,
    long LogStartOffset = -1,
    string? Message = null);
