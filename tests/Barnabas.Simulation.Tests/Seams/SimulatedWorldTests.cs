using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

public sealed class SimulatedWorldTests
{
    [Fact]
    public void One_seed_gives_one_trace_and_another_seed_another()
    {
        Assert.Equal(Play(7), Play(7));
        Assert.NotEqual(Play(7).Hash, Play(8).Hash);
    }

    /// <summary>
    /// The pinned value holds for every build, optimised or not, and on every machine; it changes with each change of
    /// the simulator's behaviour, which is then a decision and not an accident.
    /// </summary>
    [Fact]
    public void The_trace_of_a_seed_is_the_same_in_every_build()
    {
        Assert.Equal((PinnedHash, PinnedEntries), Play(42));
    }

    [Fact]
    public void Thousands_of_short_worlds_are_played_in_seconds()
    {
        HashSet<ulong> hashes = [];
        for (ulong seed = 0; seed < 300; seed++)
        {
            hashes.Add(Play(seed).Hash);
        }

        Assert.Equal(300, hashes.Count);
    }

    [Fact]
    public void An_ended_life_runs_nothing_more_and_the_next_one_starts_clean()
    {
        SimulatedWorld world = new(1);
        SimulatedNode node = world.AddNode("node");
        IMailbox mailbox = node.Start().Scheduler.CreateMailbox("mailbox");
        int ran = 0;
        mailbox.Post(new Item(() => mailbox.Arm(new Timer(() => ran++), TimeSpan.FromSeconds(1))));
        world.RunFor(TimeSpan.FromMilliseconds(500));
        mailbox.Post(new Item(() => ran++));
        node.Stop(SimulatedEnd.Kill);
        node.Start();
        world.RunFor(TimeSpan.FromSeconds(10));
        Assert.Equal(0, ran);
    }

    [Fact]
    public void A_jump_of_the_wall_clock_leaves_the_monotonic_clock_alone()
    {
        SimulatedWorld world = new(1);
        SimulatedNode node = world.AddNode("node");
        TimeProvider time = node.Start().Time;
        long before = time.UnixMilliseconds;
        MonotonicTime monotonic = time.Monotonic;
        node.WallClockOffset = TimeSpan.FromHours(-2);
        world.RunFor(TimeSpan.FromSeconds(3));
        Assert.Equal(before + 3000 - 7_200_000, time.UnixMilliseconds);
        Assert.Equal(TimeSpan.FromSeconds(3), time.Monotonic - monotonic);
    }

    [Fact]
    public void A_file_is_as_old_as_its_last_change_by_the_wall_clock_also_after_a_loss_of_power()
    {
        SimulatedWorld world = new(1);
        SimulatedNode node = world.AddNode("node");
        TimeProvider time = node.Start().Time;
        world.RunFor(TimeSpan.FromSeconds(5));
        using (IDiskFile file = node.Disk.Open("/a", FileOpening.CreateOrKeep))
        {
            world.RunFor(TimeSpan.FromSeconds(5));
            file.Write([1], 0);
            file.Sync();
            node.Disk.SyncDirectory("/");
        }

        long written = time.UnixMilliseconds;
        node.Stop(SimulatedEnd.PowerLoss);
        node.Start();
        world.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(written, node.Disk.LastModifiedMs("/a"));
    }

    [Fact]
    public void Items_of_a_crew_end_in_other_orders_than_they_began()
    {
        HashSet<string> orders = [];
        for (ulong seed = 0; seed < 50; seed++)
        {
            SimulatedWorld world = new(seed);
            IMailbox crew = world.AddNode("node").Start().Scheduler.CreateBlockingMailbox("crew", 2);
            string order = "";
            foreach (string name in new[] { "a", "b", "c" })
            {
                crew.Post(new Item(() => order += name));
            }

            world.RunFor(TimeSpan.FromSeconds(1));
            orders.Add(order);
        }

        // Two threads: the third item never comes first.
        Assert.Equal(["abc", "acb", "bac", "bca"], orders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Items_of_different_mailboxes_interleave_differently_under_different_seeds()
    {
        HashSet<string> orders = [];
        for (ulong seed = 0; seed < 50; seed++)
        {
            SimulatedWorld world = new(seed);
            IScheduler scheduler = world.AddNode("node").Start().Scheduler;
            string order = "";
            scheduler.CreateMailbox("one").Post(new Item(() => order += "1"));
            scheduler.CreateMailbox("two").Post(new Item(() => order += "2"));
            world.RunFor(TimeSpan.FromSeconds(1));
            orders.Add(order);
        }

        Assert.Equal(["12", "21"], orders.Order(StringComparer.Ordinal));
    }

    private const ulong PinnedHash = 9913420773918474908;
    private const long PinnedEntries = 529;

    // Two nodes that stream to each other, write what they receive, and meet a cut, a kill and a loss of power.
    private static (ulong Hash, long Entries) Play(ulong seed)
    {
        SimulatedWorld world = new(seed, new SimulatedWorldOptions
        {
            Network = new SimulatedNetworkOptions { ResetOneIn = 200 },
        });
        SimulatedNode[] nodes = [world.AddNode("one"), world.AddNode("two")];
        foreach (SimulatedNode node in nodes)
        {
            Begin(node, nodes);
        }

        world.After(
            TimeSpan.FromMilliseconds(10),
            () => world.Links.Clog(nodes[0], nodes[1], TimeSpan.FromMilliseconds(20)));
        world.After(TimeSpan.FromMilliseconds(40), () => nodes[0].Stop(SimulatedEnd.Kill));
        world.After(TimeSpan.FromMilliseconds(60), () => Begin(nodes[0], nodes));
        world.After(TimeSpan.FromMilliseconds(80), () => nodes[1].Stop(SimulatedEnd.PowerLoss));
        world.After(TimeSpan.FromMilliseconds(90), () => Begin(nodes[1], nodes));
        world.RunFor(TimeSpan.FromMilliseconds(200));
        return (world.Trace.Hash, world.Trace.Entries);
    }

    private static void Begin(SimulatedNode node, SimulatedNode[] nodes)
    {
        NodeSeams seams = node.Start(reactors: 2);
        seams.Network.Listen(new IPEndPoint(IPAddress.Any, 9092), new StreamingAcceptor(10_000));
        foreach (SimulatedNode other in nodes)
        {
            seams.Network.Reactors[1].Connect(new IPEndPoint(other.Address, 9092), new StreamingAcceptor(5_000));
        }

        IMailbox writer = seams.Scheduler.CreateBlockingMailbox("writer", 1);
        int writes = 0;
        Timer? timer = null;
        timer = new Timer(() =>
        {
            using IDiskFile file = seams.Disk.Open("/log", FileOpening.CreateOrKeep);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Uuid.Random(seams.Entropy).ToString()), file.Length);
            if (++writes % 4 == 0)
            {
                file.Sync();
                seams.Disk.SyncDirectory("/");
            }

            writer.Arm(timer!, TimeSpan.FromMilliseconds(5));
        });
        writer.Post(new Item(() => writer.Arm(timer, TimeSpan.Zero)));
    }

    private sealed class Item(Action action) : WorkItem
    {
        public override void Run() => action();
    }

    private sealed class Timer(Action action) : TimerItem
    {
        public override void Fire() => action();
    }
}
