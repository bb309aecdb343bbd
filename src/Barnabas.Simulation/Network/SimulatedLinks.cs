using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>Which machines of a simulated world can reach which. A cut has a direction; what was sent waits behind
/// it.</summary>
public sealed class SimulatedLinks
{
    private readonly SimulatedWorld _world;
    private readonly HashSet<(int From, int To)> _cuts = [];

    internal SimulatedLinks(SimulatedWorld world)
    {
        _world = world;
    }

    /// <summary>Holds back everything from one machine to the other until <see cref="Heal"/>.</summary>
    public void CutOneWay(SimulatedNode from, SimulatedNode to)
    {
        _world.Trace.Record(SimulatedTraceKind.Link, from.Index, to.Index);
        _cuts.Add((from.Index, to.Index));
    }

    public void Cut(SimulatedNode one, SimulatedNode other)
    {
        CutOneWay(one, other);
        CutOneWay(other, one);
    }

    /// <summary>Cuts a machine off from all others.</summary>
    public void Isolate(SimulatedNode node)
    {
        foreach (SimulatedNode other in _world.Nodes)
        {
            if (other != node)
            {
                Cut(node, other);
            }
        }
    }

    public void Heal(SimulatedNode one, SimulatedNode other)
    {
        _world.Trace.Record(SimulatedTraceKind.Link, -1 - one.Index, -1 - other.Index);
        _cuts.Remove((one.Index, other.Index));
        _cuts.Remove((other.Index, one.Index));
    }

    public void HealAll()
    {
        _world.Trace.Record(SimulatedTraceKind.Link, -1);
        _cuts.Clear();
    }

    /// <summary>A cut that heals by itself.</summary>
    public void Clog(SimulatedNode one, SimulatedNode other, TimeSpan time)
    {
        Cut(one, other);
        _world.After(time, () => Heal(one, other));
    }

    internal bool IsCut(SimulatedNode from, SimulatedNode to) => _cuts.Contains((from.Index, to.Index));

    internal TimeSpan DrawDelay()
    {
        SimulatedNetworkOptions options = _world.Options.Network;
        Invariant.That(options.DelayMin <= options.DelayMax);
        return _world.Random.Between(options.DelayMin, options.DelayMax);
    }
}
