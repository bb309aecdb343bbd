using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>A transaction that is neither committed nor aborted, as one partition sees it.</summary>
/// <param name="FirstOffset">Its first record: read-committed consumers get no further.</param>
public readonly record struct OpenTransaction(long ProducerId, Offset FirstOffset);
