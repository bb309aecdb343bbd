namespace Barnabas.Kernel;

/// <summary>Compressed bytes are damaged, or grow beyond the limit.</summary>
public sealed class CompressionException(string message, bool limitExceeded = false) : Exception(message)
{
    /// <summary>True if the bytes may be sound but expand beyond what was allowed.</summary>
    public bool LimitExceeded { get; } = limitExceeded;
}
