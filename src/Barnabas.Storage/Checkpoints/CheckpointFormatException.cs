namespace Barnabas.Storage;

/// <summary>A checkpoint file does not hold what its format demands.</summary>
public sealed class CheckpointFormatException(string message) : Exception(message);
