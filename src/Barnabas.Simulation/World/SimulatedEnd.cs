namespace Barnabas.Simulation;

/// <summary>How the process of a simulated node ends.</summary>
public enum SimulatedEnd
{
    /// <summary>kill -9: the page cache lives on, peers see their connections reset.</summary>
    Kill,

    /// <summary>The machine goes down: unsynced bytes and names may be lost, peers are told nothing.</summary>
    PowerLoss,
}
