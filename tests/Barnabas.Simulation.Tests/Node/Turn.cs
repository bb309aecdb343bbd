using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

/// <summary>Something to do in a turn of a mailbox.</summary>
internal sealed class Turn(Action action) : WorkItem
{
    public override void Run() => action();
}
