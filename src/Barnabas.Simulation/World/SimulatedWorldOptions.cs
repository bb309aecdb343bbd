namespace Barnabas.Simulation;

/// <summary>How lively a simulated world is. The defaults are an ordinary bad day.</summary>
public sealed record SimulatedWorldOptions
{
    /// <summary>The longest usual wait between a post and its turn.</summary>
    public TimeSpan PostDelayMax { get; init; } = TimeSpan.FromMicroseconds(200);

    /// <summary>One turn in so many waits far longer, like a thread that the system does not run. 0 switches it
    /// off.</summary>
    public int StallOneIn { get; init; } = 200;

    public TimeSpan StallMax { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>What a blocking mailbox adds to each item: the time its I/O takes.</summary>
    public TimeSpan BlockingDelayMax { get; init; } = TimeSpan.FromMilliseconds(10);

    public SimulatedNetworkOptions Network { get; init; } = new();
}
