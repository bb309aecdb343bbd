using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// A seeded run of one whole node with its users: lives that end in crashes, an audit of all data after each, and in
/// the end a healed node that must answer everything, close in order and come back with the same state.
/// </summary>
internal sealed class NodeStory
{
    private const long UsualCapacity = 1L << 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly SimulatedRandom _random;
    private readonly SimulatedNode _clientMachine;
    private readonly List<IdempotentProducer> _producers = [];
    private readonly List<ReadingConsumer> _consumers = [];
    private readonly List<Actor> _others = [];
    private readonly TopicAdmin _admin;
    private readonly Auditor _auditor;
    private readonly SortedDictionary<ErrorCode, int> _errors = [];
    private long _commits;
    private int _lives;
    private bool _syncMayHaveFailed;
    private bool _mayGiveUp;
    private int _livesWithoutADirectory;

    public NodeStory(ulong seed, Func<StoryPlan, StoryPlan>? change = null)
    {
        SimulatedRandom dice = new(seed ^ 0x5DEECE66D);
        Plan = StoryPlan.Draw(dice);
        Plan = change?.Invoke(Plan) ?? Plan;
        World = new SimulatedWorld(seed, new SimulatedWorldOptions
        {
            Network = new SimulatedNetworkOptions
            {
                DelayMax = TimeSpan.FromMilliseconds(Plan.SlowLinks ? 120 : 2),
            },
        });
        _random = World.Random.Split();
        Findings = new Findings(World);
        Broker = new SimulatedBroker(World, Properties(), Plan.Directories);
        _clientMachine = World.AddNode("clients");
        Clients = _clientMachine.Start().Network.Reactors[0];
        DrawTopics();
        for (int i = 0; i < Plan.Groups; i++)
        {
            Groups.Add(new GroupLedger($"group-{i}", World, Findings));
        }

        _admin = new TopicAdmin(this);
        _auditor = new Auditor(this);
        DrawActors();
    }

    public StoryPlan Plan { get; }

    public SimulatedWorld World { get; }

    public Findings Findings { get; }

    public SimulatedBroker Broker { get; }

    /// <summary>The one reactor on which all clients live.</summary>
    public IReactor Clients { get; }

    public List<TopicLedger> Topics { get; } = [];

    public List<GroupLedger> Groups { get; } = [];

    public HashSet<long> ProducerIds { get; } = [];

    public long ClientTimeMs => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()
        + (World.Now.Ticks / TimeSpan.TicksPerMillisecond);

    public int Crashes { get; private set; }

    public long NextCommit() => ++_commits;

    /// <summary>An error that a user could live with.</summary>
    public void Note(ErrorCode error) => _errors[error] = _errors.GetValueOrDefault(error) + 1;

    public StoryResult Run()
    {
        try
        {
            Play();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Findings.Add($"threw {failure}");
        }

        return new StoryResult(
            World.Seed,
            World.Trace.Hash,
            World.Trace.Entries,
            World.Now - default(MonotonicTime),
            _producers.Sum(static producer => producer.Acknowledged),
            _consumers.Sum(static consumer => consumer.Records),
            Groups.Sum(static group => group.Offsets.Acknowledged),
            Crashes,
            _livesWithoutADirectory,
            _errors,
            Findings.All);
    }

    private string Properties() => $"""
        auto.create.topics.enable=false
        log.retention.check.interval.ms=700
        log.flush.offset.checkpoint.interval.ms=900
        producer.id.expiration.ms=2147483647
        offsets.retention.minutes=2147483647
        log.message.timestamp.after.max.ms=9223372036854775807
        log.message.timestamp.before.max.ms=9223372036854775807
        offsets.retention.check.interval.ms={(Plan.OffsetsExpire ? 300 : 600_000)}

        """;

    private void DrawTopics()
    {
        int topics = (int)_random.Between(1, 3);
        for (int i = 0; i < topics; i++)
        {
            bool flushesEach = _random.OneIn(2);
            bool hasRetention = _random.OneIn(4);
            TopicLedger topic = new($"data-{i}", 1 + _random.Next(2), flushesEach, hasRetention, Findings);
            if (flushesEach)
            {
                topic.Configs["flush.messages"] = "1";
            }

            if (_random.OneIn(2))
            {
                // Segments of a few batches: they end when their index is full.
                topic.Configs["segment.index.bytes"] = "48";
                topic.Configs["index.interval.bytes"] = "64";
            }

            topic.Configs["retention.ms"] = "-1";
            if (hasRetention)
            {
                topic.Configs["retention.bytes"] = "3000";
                topic.Configs["file.delete.delay.ms"] = _random.OneIn(2) ? "0" : "1000";
            }

            Topics.Add(topic);
        }
    }

    private void DrawActors()
    {
        PartitionLedger[] all = [.. Topics.SelectMany(static topic => topic.Partitions)];
        for (int i = 0; i < Plan.Producers; i++)
        {
            PartitionLedger[] own = [.. all.Where(_ => _random.OneIn(2))];
            _producers.Add(new IdempotentProducer(this, i + 1, own.Length == 0 ? [all[0]] : own));
        }

        for (int i = 0; i < Plan.Consumers; i++)
        {
            _consumers.Add(new ReadingConsumer(this, i, hasSession: _random.OneIn(2), all));
        }

        foreach (GroupLedger group in Groups)
        {
            int members = 1 + _random.Next(3);
            for (int i = 0; i < members; i++)
            {
                _others.Add(new GroupMember(this, group, i));
            }

            // Two for each place, who drive each other out of it.
            int rivals = Plan.RestlessGroups ? 2 * _random.Next(2) : 0;
            for (int i = 0; i < rivals; i++)
            {
                _others.Add(new GroupMember(this, group, members + i, $"{group.Name}-place"));
            }
        }

        for (int i = 0; i < Plan.NoiseClients; i++)
        {
            _others.Add(new NoiseClient(this, i));
        }

        if (Plan.RestlessGroups)
        {
            Groups.Add(new GroupLedger("shelf", World, Findings));
            _others.Add(new GroupStranger(this, 0));
            _others.Add(new GroupStranger(this, 1));
        }
    }

    private IEnumerable<Actor> Users => _producers.Cast<Actor>().Concat(_consumers).Concat(_others).Append(_admin);

    private void Play()
    {
        bool powerWasLost = false;
        for (int life = 0; life < Plan.Lives; life++)
        {
            if (!OpenAndCrash(ref powerWasLost) || !Audit(powerWasLost) || (life == 0 && !CreateTopics()))
            {
                return;
            }

            bool isLast = life == Plan.Lives - 1;
            Employ();
            PlanFaults();
            if (Plan.CrashesWithinCalls && !isLast && _random.OneIn(2))
            {
                Broker.Node.Disk.CrashAfter(_random.Next(600));
            }

            TimeSpan length = _random.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));
            bool crashed = !Survives(() => World.RunFor(length));
            // A disk that is only full is no reason to give up, nor a directory that others can stand in for.
            Findings.Require(_mayGiveUp || Broker.Failure is null, $"the node gave up: {Broker.Failure}");
            _livesWithoutADirectory += Broker.HasLostDirectory && Broker.Failure is null ? 1 : 0;
            powerWasLost = false;
            if (!isLast || crashed)
            {
                powerWasLost = Crash();
            }
        }

        if (Broker.Failure is not null || Broker.HasLostDirectory)
        {
            // The node gave up, or its operator has seen to the disk; it is started again.
            bool lost = Crash();
            if (!Open() || !Audit(lost))
            {
                return;
            }

            Employ();
        }

        if (Drain() && Audit(powerWasLost: false) && CloseInOrder())
        {
            foreach (string directory in Broker.Directories)
            {
                LogFilesCheck.Run(Broker.Node.Disk, directory, Broker.Image, Findings);
            }

            if (Open() && Audit(powerWasLost: false) && Plan.Rots && CloseInOrder())
            {
                Rot();
            }
        }
    }

    // All is below the recovery point now.
    private void Rot()
    {
        if (Topics.SelectMany(static topic => topic.Partitions).FirstOrDefault(FlipBit) is not { } rotten || !Open())
        {
            return;
        }

        RotReader reader = new(this, rotten);
        InTurn(reader.Resume);
        Findings.Require(World.RunUntil(() => reader.IsDone, Patience), $"{rotten.Name} has rotted, and no end comes");
        Findings.Require(
            Broker.Failure is null && !Broker.HasLostDirectory, $"{rotten.Name} alone has rotted, not the directory");
    }

    // Of the first batch that is still read: not in its offset or epoch, which nothing protects.
    private bool FlipBit(PartitionLedger partition)
    {
        SimulatedDisk disk = Broker.Node.Disk;
        string directory = Broker.Directories.Select(root => $"{root}/{partition.Name}").First(disk.DirectoryExists);
        foreach (string name in disk.List(directory).Where(static n => n.EndsWith(".log", StringComparison.Ordinal)))
        {
            using IDiskFile file = disk.Open($"{directory}/{name}", FileOpening.Read);
            byte[] bytes = new byte[file.Length];
            file.Read(bytes, 0);
            RecordBatchIterator batches = new(bytes);
            while (batches.MoveNext())
            {
                RecordBatch batch = batches.Current;
                if (batch.BaseOffset.Value >= partition.Start)
                {
                    int inBatch = _random.OneIn(4) ? 8 + _random.Next(4) : 16 + _random.Next(batch.Size - 16);
                    disk.FlipBit($"{directory}/{name}", batches.Position + inBatch, _random.Next(8));
                    return true;
                }
            }
        }

        return false;
    }

    // A crash may come while the node recovers from the one before, again and again.
    private bool OpenAndCrash(ref bool powerWasLost)
    {
        while (Plan.CrashesWithinCalls && Crashes > 0 && _random.OneIn(3))
        {
            Broker.Node.Disk.CrashAfter(_random.Next(120));
            bool opened = false;
            if (Survives(() => opened = Open()))
            {
                return opened;
            }

            powerWasLost |= Crash();
        }

        return Open();
    }

    private bool Survives(Action part)
    {
        try
        {
            part();
            Broker.Node.Disk.CrashAfter(null);
            return true;
        }
        catch (SimulatedCrashException)
        {
            return false;
        }
        catch (DiskException) when (Plan.FailingDisks)
        {
            // Met in the middle of a reply: the connection is closed, and whose turn it was reports it and goes on.
            return true;
        }
    }

    private void PlanFaults()
    {
        int life = _lives;
        for (int i = 0; Plan.Resets && i < 4; i++)
        {
            InThisLife(life, () => (_random.OneIn(2) ? _clientMachine : Broker.Node).ResetConnections());
            InThisLife(life, () => InNextTurn(Users.ElementAt(_random.Next(Users.Count())).Client.Disconnect));
        }

        if (Plan.ClockJumps)
        {
            TimeSpan far = TimeSpan.FromDays(20);
            InThisLife(life, () => Broker.Node.WallClockOffset = _random.Between(-far, far));
        }

        if (Plan.FullDisks)
        {
            InThisLife(life, FillDisk);
        }

        if (Plan.FailingDisks && _random.OneIn(2))
        {
            InThisLife(life, FailDisk);
        }
    }

    private void FailDisk()
    {
        SimulatedDiskCall call = (SimulatedDiskCall)_random.Next(4);
        int skip = _random.Next(5);
        string below = "";
        if (Plan.Directories > 1 && !_random.OneIn(4))
        {
            below = Broker.Directories[(int)_random.Between(1, Plan.Directories - 1)];
        }

        Broker.Node.Disk.FailNext(call, skip: skip, below: below);
        _syncMayHaveFailed |= call == SimulatedDiskCall.Sync;
        _mayGiveUp |= below.Length == 0;
    }

    private void FillDisk()
    {
        SimulatedDisk disk = Broker.Node.Disk;
        disk.CapacityBytes = disk.UsedBytes + (4096 * _random.Next(6));
        World.After(TimeSpan.FromMilliseconds(_random.Between(10, 1500)), () => disk.CapacityBytes = UsualCapacity);
    }

    private void InThisLife(int life, Action fault) => World.After(
        TimeSpan.FromMilliseconds(_random.Next(5000)),
        () =>
        {
            if (life == _lives && Broker.IsReady)
            {
                fault();
            }
        });

    private bool CreateTopics()
    {
        InTurn(_admin.Resume);
        bool created = World.RunUntil(() => _admin.HasCreatedAll, Patience);
        InTurn(_admin.Interrupt);
        return Findings.Require(created, "the topics are not created");
    }

    private bool Open()
    {
        _lives++;
        Broker.Start();
        World.RunUntil(() => Broker.IsReady || Broker.Failure is not null, Patience);
        return Findings.Require(Broker.IsReady, $"the node does not open: {Broker.Failure ?? "it takes too long"}");
    }

    private bool Audit(bool powerWasLost)
    {
        InTurn(() =>
        {
            _auditor.Prepare(powerWasLost);
            _auditor.Resume();
        });
        bool done = World.RunUntil(() => _auditor.IsDone, Patience);
        InTurn(() =>
        {
            _auditor.Interrupt();
            _admin.Audit(Broker.Image);
            foreach (ReadingConsumer consumer in _consumers)
            {
                consumer.OnAudit(powerWasLost);
            }
        });
        return Findings.Require(done, $"the audit does not end: {string.Join("; ", Broker.Events)}");
    }

    private void Employ() => InTurn(() =>
    {
        foreach (IdempotentProducer producer in _producers)
        {
            producer.Allow(Plan.BatchesPerLife);
        }

        _admin.Allow(Plan.AdminChanges);
        foreach (Actor user in Users)
        {
            user.Resume();
        }
    });

    private void Dismiss(bool powerWasLost) => InTurn(() =>
    {
        foreach (Actor user in Users)
        {
            user.Interrupt();
        }

        foreach (GroupLedger group in Groups)
        {
            group.Forget(powerWasLost);
        }
    });

    private bool Crash()
    {
        // Pages that a failed sync has dropped look sound until the machine goes down, to a process that is started
        // again as well: only then is it known what was lost.
        bool losesPower = _syncMayHaveFailed || (Plan.PowerLosses && (!Plan.Kills || _random.OneIn(2)));
        _syncMayHaveFailed = false;
        Crashes++;
        Broker.Node.Disk.CapacityBytes = UsualCapacity;
        Broker.Stop(losesPower ? SimulatedEnd.PowerLoss : SimulatedEnd.Kill);
        Dismiss(losesPower);
        foreach (IdempotentProducer producer in losesPower ? _producers : [])
        {
            producer.AllowToBeForgotten();
        }

        return losesPower;
    }

    private bool Drain()
    {
        // No fault is due any more.
        _lives++;
        Broker.Node.Disk.FailNothing();
        Broker.Node.Disk.CapacityBytes = UsualCapacity;
        InTurn(() =>
        {
            foreach (IdempotentProducer producer in _producers)
            {
                producer.Allow(0);
            }
        });
        bool done = World.RunUntil(() => Users.All(static user => user.IsDone), Patience);
        InTurn(() =>
        {
            foreach (Actor user in Users)
            {
                user.Client.CheckDeadlines();
            }
        });
        string[] busy = [.. Users.Where(static user => !user.IsDone).Select(static user => user.ToString())];
        Dismiss(powerWasLost: false);
        return Findings.Require(
            done, $"no end comes for {string.Join(", ", busy)}: {string.Join("; ", Broker.Events)}");
    }

    private bool CloseInOrder() =>
        Findings.Require(Broker.Close(Patience), "the node does not close in order");

    private void InNextTurn(Action action) => Clients.Post(new Turn(action));

    private void InTurn(Action action)
    {
        bool done = false;
        InNextTurn(() =>
        {
            action();
            done = true;
        });
        World.RunUntil(() => done, Patience);
    }
}
