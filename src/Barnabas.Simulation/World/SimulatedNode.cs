using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>
/// A machine of a simulated world. Its disk and its wall clock outlive its process; everything else is made anew by
/// each <see cref="Start"/>.
/// </summary>
public sealed class SimulatedNode
{
    private readonly List<SimulatedConnection> _connections = [];
    private SimulatedLife? _life;
    private int _lives;

    internal SimulatedNode(SimulatedWorld world, int index, string name, IPAddress address, SimulatedDiskOptions disk)
    {
        World = world;
        Index = index;
        Name = name;
        Address = address;
        Disk = new SimulatedDisk(world.Random.NextUInt64(), disk, world.Trace, new SimulatedTime(this));
    }

    public SimulatedWorld World { get; }

    public int Index { get; }

    public string Name { get; }

    public IPAddress Address { get; }

    public SimulatedDisk Disk { get; }

    /// <summary>
    /// What the wall clock shows beyond virtual time. Changing it is a jump of the clock, forwards or backwards; the
    /// monotonic clock takes no notice.
    /// </summary>
    public TimeSpan WallClockOffset { get; set; }

    public bool IsRunning => _life is { IsAlive: true };

    internal Dictionary<int, SimulatedListener> Listeners { get; } = [];

    /// <summary>Starts a process on the machine and gives it its seams.</summary>
    public NodeSeams Start(int reactors = 1)
    {
        Invariant.That(!IsRunning, "a simulated node runs one process at a time");
        SimulatedLife life = new(this, ++_lives);
        _life = life;
        World.Trace.Record(SimulatedTraceKind.NodeStart, Index, life.Number);
        SimulatedTime time = new(this);
        return new NodeSeams(
            time,
            new SimulatedEntropy(World.Random.Split(), World.Trace),
            Disk,
            new SimulatedNetwork(life, time, reactors),
            new SimulatedScheduler(life, time));
    }

    /// <summary>Ends the process between two events. Harmless if none runs.</summary>
    public void Stop(SimulatedEnd end)
    {
        if (_life is not { IsAlive: true } life)
        {
            return;
        }

        World.Trace.Record(SimulatedTraceKind.NodeStop, Index, (long)end);
        life.End();
        _life = null;
        Listeners.Clear();
        foreach (SimulatedConnection connection in _connections)
        {
            connection.Vanish(silently: end == SimulatedEnd.PowerLoss);
        }

        _connections.Clear();
        if (end == SimulatedEnd.PowerLoss)
        {
            Disk.LosePower();
        }
        else
        {
            Disk.EndProcess();
        }
    }

    internal void Adopt(SimulatedConnection connection) => _connections.Add(connection);

    internal void Forget(SimulatedConnection connection) => _connections.Remove(connection);

    /// <summary>Cuts every connection of this machine with a reset, as a firewall that lost its state does.</summary>
    public void ResetConnections()
    {
        foreach (SimulatedConnection connection in _connections.ToArray())
        {
            connection.BreakBoth();
        }
    }
}
