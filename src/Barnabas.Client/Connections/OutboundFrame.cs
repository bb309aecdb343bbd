namespace Barnabas.Client;

/// <summary>An encoded request in a rented array, owned by the write loop.</summary>
/// <param name="Buffer">Rented from the shared pool.</param>
/// <param name="Length">Bytes of it that are the frame, its length prefix included.</param>
/// <param name="CompleteOnWrite">A request without an answer, done once it is written.</param>
internal readonly record struct OutboundFrame(byte[] Buffer, int Length, PendingRequest? CompleteOnWrite);
