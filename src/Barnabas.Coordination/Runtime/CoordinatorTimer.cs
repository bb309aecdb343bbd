using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// A timer of a shard. When it fires, its step runs like a request's: what it returns is written and replayed.
/// </summary>
internal abstract class CoordinatorTimer : TimerItem
{
    internal CoordinatorTimers? Timers { get; set; }

    public sealed override void Fire() => Timers!.Fired(this);

    /// <summary>What happens then.</summary>
    public abstract CoordinatorResult Expire(CoordinatorTime now);
}
