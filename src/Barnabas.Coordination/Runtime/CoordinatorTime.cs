using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// The two clocks a step is told. Deadlines follow <paramref name="Monotonic"/>; <paramref name="UnixMilliseconds"/>
/// only becomes timestamps of records and decides retention, so that a jump of the wall clock moves no session.
/// </summary>
internal readonly record struct CoordinatorTime(MonotonicTime Monotonic, long UnixMilliseconds);
