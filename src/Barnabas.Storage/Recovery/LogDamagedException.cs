namespace Barnabas.Storage;

/// <summary>
/// A log is damaged where it must not be: below what was synced. Cutting it off would lose acknowledged records in
/// silence, so the partition stays offline until its replica is fetched anew or an operator decides.
/// </summary>
public sealed class LogDamagedException(string message) : Exception(message);
