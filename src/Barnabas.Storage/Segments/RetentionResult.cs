namespace Barnabas.Storage;

/// <summary>How many segments go, the oldest first, and why the last of them does.</summary>
public readonly record struct RetentionResult(int Segments, RetentionReason Reason);
