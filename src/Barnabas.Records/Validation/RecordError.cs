namespace Barnabas.Records;

/// <summary>What is wrong with one record of a refused batch (KIP-467).</summary>
/// <param name="Index">The record's place in the batch, from 0.</param>
public readonly record struct RecordError(int Index, string Message);
