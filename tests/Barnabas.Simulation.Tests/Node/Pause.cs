using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

/// <summary>Something to do on a mailbox after a while.</summary>
internal sealed class Pause(Action action) : TimerItem
{
    public override void Fire() => action();
}
