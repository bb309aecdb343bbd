namespace Barnabas.Simulation;

/// <summary>How often a simulated disk fails: one call in so many, 0 for never.</summary>
public sealed record SimulatedDiskFaults
{
    public int ReadFailsOneIn { get; init; }

    public int WriteFailsOneIn { get; init; }

    public int SyncFailsOneIn { get; init; }

    /// <summary>Opening, renaming, deleting and syncing names.</summary>
    public int NamesFailOneIn { get; init; }

    /// <summary>One question in so many about residence is answered with no.</summary>
    public int ColdOneIn { get; init; }
}
