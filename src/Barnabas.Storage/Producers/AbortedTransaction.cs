using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>A transaction of which read-committed consumers must skip the records (KIP-98).</summary>
/// <param name="FirstOffset">Its first record in this partition.</param>
/// <param name="LastOffset">The marker that ended it.</param>
/// <param name="LastStableOffset">
/// Where the next open transaction began when it ended, else behind the marker: what ends later begins there or behind.
/// </param>
public readonly record struct AbortedTransaction(
    long ProducerId, Offset FirstOffset, Offset LastOffset, Offset LastStableOffset);
