namespace Barnabas.Simulation;

/// <summary>One run of a node's process, from its start to its end. What belongs to an ended life no longer
/// happens.</summary>
internal sealed class SimulatedLife(SimulatedNode node, int number)
{
    public SimulatedNode Node { get; } = node;

    public int Number { get; } = number;

    public bool IsAlive { get; private set; } = true;

    public void End() => IsAlive = false;
}
