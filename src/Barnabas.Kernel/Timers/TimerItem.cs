namespace Barnabas.Kernel;

/// <summary>
/// A timer that its owner embeds or pools; arming allocates nothing. Belongs to one mailbox at a time. The links are
/// those of <see cref="TimerWheel"/>.
/// </summary>
public abstract class TimerItem
{
    internal TimerItem? Next { get; set; }

    internal TimerItem? Previous { get; set; }

    internal int Slot { get; set; } = -1;

    /// <summary>When it is to fire; meaningful while <see cref="IsArmed"/>.</summary>
    public MonotonicTime Deadline { get; internal set; }

    public bool IsArmed => Slot >= 0;

    /// <summary>Runs on the mailbox; the timer is no longer armed and may be armed again from here.</summary>
    public abstract void Fire();
}
