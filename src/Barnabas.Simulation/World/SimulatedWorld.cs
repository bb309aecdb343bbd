using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>
/// A closed world in one thread: nodes with mailboxes, clocks, disks and links, driven by one heap of events in virtual
/// time. Whatever is random comes from the seed, so a run can be repeated byte by byte; the trace hash proves it.
/// </summary>
/// <remarks>
/// <para>Fault model of time and order. An event that is due runs; nothing else moves time. Every turn of a mailbox
/// comes after a random wait, mostly short, sometimes long enough to upset a timeout. Events of one moment run in the
/// order in which they were planned.</para>
/// <para>Fault model of nodes. A process can be killed: its mailboxes, timers and memory vanish between two events, its
/// connections are reset, its disk keeps all that was written. A machine can lose power: the disk also loses unsynced
/// bytes and names (see <see cref="SimulatedDisk"/>), and the peers of its connections are told nothing. A life that
/// ended never runs another event. Between two events is not enough: <see cref="SimulatedDisk.CrashAfter"/> ends a
/// process between any two calls to its disk, or within one.</para>
/// <para>Not modelled: clocks that run at different rates, memory that fails, nodes that lie.</para>
/// </remarks>
public sealed class SimulatedWorld
{
    private readonly PriorityQueue<SimulatedEvent, (long At, long Sequence)> _events = new();
    private readonly List<SimulatedNode> _nodes = [];
    private long _now;
    private long _sequence;
    private long _connections;

    public SimulatedWorld(ulong seed, SimulatedWorldOptions? options = null)
    {
        Seed = seed;
        Options = options ?? new SimulatedWorldOptions();
        Random = new SimulatedRandom(seed);
        Links = new SimulatedLinks(this);
    }

    public ulong Seed { get; }

    public SimulatedWorldOptions Options { get; }

    /// <summary>The dice of the world. Tests may throw them too, for their own decisions.</summary>
    public SimulatedRandom Random { get; }

    public SimulatedTrace Trace { get; } = new();

    /// <summary>What lies between the nodes, and how to break it.</summary>
    public SimulatedLinks Links { get; }

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    /// <summary>Virtual time since the world began.</summary>
    public MonotonicTime Now => new(_now);

    internal IMailbox? Current { get; set; }

    /// <summary>Adds a machine. It has the address 10.0.0.1, 10.0.0.2 and so on, and does nothing until it is
    /// started.</summary>
    public SimulatedNode AddNode(string name, SimulatedDiskOptions? disk = null)
    {
        IPAddress address = new([10, 0, (byte)(_nodes.Count >> 8), (byte)(_nodes.Count + 1)]);
        SimulatedNode node = new(this, _nodes.Count, name, address, disk ?? new SimulatedDiskOptions());
        _nodes.Add(node);
        return node;
    }

    /// <summary>Plans something of the test itself: a fault, a client without a node, a check.</summary>
    public void After(TimeSpan delay, Action action) => Plan(delay, null, action);

    /// <summary>Runs the next event; false if there is none.</summary>
    public bool Step()
    {
        while (_events.TryDequeue(out SimulatedEvent? next, out _))
        {
            Invariant.That(next.At >= _now);
            _now = next.At;
            if (next.Run())
            {
                Trace.Record(SimulatedTraceKind.Event, next.At, next.Sequence);
                return true;
            }
        }

        return false;
    }

    /// <summary>Runs all events of a stretch of virtual time.</summary>
    public void RunFor(TimeSpan time)
    {
        long end = _now + time.Ticks;
        while (_events.TryPeek(out SimulatedEvent? next, out _) && next.At <= end)
        {
            Step();
        }

        _now = Math.Max(_now, end);
    }

    /// <summary>Runs until the condition holds, looking after each event. False if the time has passed without
    /// it.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan atMost)
    {
        long end = _now + atMost.Ticks;
        while (!condition())
        {
            if (!_events.TryPeek(out SimulatedEvent? next, out _) || next.At > end)
            {
                _now = Math.Max(_now, end);
                return condition();
            }

            Step();
        }

        return true;
    }

    internal SimulatedEvent Plan(TimeSpan delay, SimulatedLife? life, Action action)
    {
        Invariant.That(delay >= TimeSpan.Zero);
        SimulatedEvent planned = new(_now + delay.Ticks, _sequence++, life, action);
        _events.Enqueue(planned, (planned.At, planned.Sequence));
        return planned;
    }

    internal long NextConnectionId() => ++_connections;

    internal TimeSpan DrawPostDelay() => Random.OneIn(Options.StallOneIn)
        ? Random.Between(TimeSpan.Zero, Options.StallMax)
        : Random.Between(TimeSpan.Zero, Options.PostDelayMax);
}
