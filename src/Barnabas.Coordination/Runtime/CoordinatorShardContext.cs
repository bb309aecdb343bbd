using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>What a new shard is given.</summary>
/// <param name="Registry">The runtime takes a snapshot after each append and reverts to the last one if an append
/// fails.</param>
internal sealed record CoordinatorShardContext(int Partition, SnapshotRegistry Registry, CoordinatorTimers Timers);
