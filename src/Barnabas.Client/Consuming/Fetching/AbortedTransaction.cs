namespace Barnabas.Client;

/// <summary>An aborted transaction whose records a read-committed fetch may contain.</summary>
internal readonly record struct AbortedTransaction(long ProducerId, long FirstOffset);
