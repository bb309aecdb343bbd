using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// What a seed decides before its story begins. Not everything bad happens in every story: faults hide each other, so
/// each one is drawn for itself, and some stories have none at all.
/// </summary>
internal sealed record StoryPlan
{
    public required int Lives { get; init; }

    public required int Producers { get; init; }

    public required int Consumers { get; init; }

    public required int Groups { get; init; }

    public required int NoiseClients { get; init; }

    public required int BatchesPerLife { get; init; }

    public required int AdminChanges { get; init; }

    public required int ProducePauseMs { get; init; }

    public required int PayloadMax { get; init; }

    public required bool Kills { get; init; }

    public required bool PowerLosses { get; init; }

    public required bool FullDisks { get; init; }

    public required bool Resets { get; init; }

    public required bool SlowLinks { get; init; }

    public required bool ClockJumps { get; init; }

    public required bool CrashesWithinCalls { get; init; }

    /// <summary>What the producers compress with.</summary>
    public required CompressionType Compression { get; init; }

    /// <summary>
    /// A call to the disk fails for good (EIO), and its directory is lost with it. If that is the one of the metadata
    /// the node must say so and end; else the others go on. Whoever starts it again finds what was acknowledged.
    /// </summary>
    public required bool FailingDisks { get; init; }

    /// <summary>Members come too late and fight for places, and strangers commit and ask as well.</summary>
    public required bool RestlessGroups { get; init; }

    /// <summary>Offsets may be forgotten; then there are no members, whose groups may be forgotten too.</summary>
    public bool OffsetsExpire => RestlessGroups && Groups == 0;

    /// <summary>How many log directories there are; the first holds the metadata.</summary>
    public int Directories { get; init; } = 1;

    /// <summary>Several directories, of which one fails in some lives.</summary>
    public static StoryPlan WithFailingDirectories(StoryPlan plan) => plan with
    {
        Directories = 2 + (plan.Lives % 2),
        FailingDisks = true,
    };

    /// <summary>At the very end a bit of a batch flips on the platter, under its checksum or in its length.</summary>
    public bool Rots { get; init; }

    public static StoryPlan WithoutFaults(StoryPlan plan) => plan with
    {
        Lives = 1,
        Kills = false,
        PowerLosses = false,
        FullDisks = false,
        Resets = false,
        SlowLinks = false,
        ClockJumps = false,
        CrashesWithinCalls = false,
        FailingDisks = false,
    };

    public static StoryPlan Draw(SimulatedRandom random)
    {
        bool calm = random.OneIn(8);
        return new StoryPlan
        {
            Lives = (int)random.Between(1, 4),
            Producers = (int)random.Between(1, 3),
            Consumers = (int)random.Between(1, 3),
            Groups = random.Next(3),
            NoiseClients = random.Next(2),
            BatchesPerLife = (int)random.Between(5, 40),
            AdminChanges = random.Next(8),
            ProducePauseMs = random.OneIn(3) ? 4 : 60,
            PayloadMax = random.OneIn(4) ? 2000 : 100,
            Kills = !calm && random.OneIn(2),
            PowerLosses = !calm && random.OneIn(2),
            FullDisks = !calm && random.OneIn(5),
            Resets = !calm && random.OneIn(3),
            SlowLinks = !calm && random.OneIn(4),
            ClockJumps = !calm && random.OneIn(4),
            CrashesWithinCalls = random.OneIn(2),
            // Drawn last, so that older seeds still tell the stories they are known for.
            Compression = random.OneIn(3) ? (CompressionType)random.Next(5) : CompressionType.None,
            FailingDisks = !calm && random.OneIn(8),
            RestlessGroups = random.OneIn(2),
        };
    }
}
