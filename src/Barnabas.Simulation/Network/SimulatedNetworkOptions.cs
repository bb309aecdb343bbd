namespace Barnabas.Simulation;

/// <summary>The links of a simulated world.</summary>
public sealed record SimulatedNetworkOptions
{
    public TimeSpan DelayMin { get; init; } = TimeSpan.FromMicroseconds(20);

    public TimeSpan DelayMax { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>One connection in so many breaks at each delivery. 0 for never.</summary>
    public int ResetOneIn { get; init; }

    /// <summary>Smallest and largest number of bytes that may be on their way in one direction; drawn per
    /// connection.</summary>
    public int WindowBytesMin { get; init; } = 1024;

    public int WindowBytesMax { get; init; } = 256 * 1024;

    /// <summary>How long an attempt to connect, or unanswered bytes, are waited for.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(10);
}
