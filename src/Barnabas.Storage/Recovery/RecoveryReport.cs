namespace Barnabas.Storage;

/// <summary>What opening a log had to do, for the operator's log and for tests.</summary>
/// <param name="BytesValidated">Bytes whose checksums were computed.</param>
/// <param name="BytesCut">Bytes of a damaged tail that were cut off, removed segments included.</param>
/// <param name="Reason">Why they were; null if none were.</param>
public sealed record RecoveryReport(long BytesValidated, long BytesCut, string? Reason)
{
    /// <summary>Nothing needed to be validated.</summary>
    public static RecoveryReport Nothing { get; } = new(0, 0, null);
}
