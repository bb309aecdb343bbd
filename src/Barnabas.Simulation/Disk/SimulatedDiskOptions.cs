namespace Barnabas.Simulation;

/// <summary>What a simulated disk is from the start.</summary>
public sealed record SimulatedDiskOptions
{
    /// <summary>Bytes it can hold; may be changed later on the disk itself. Default 1 GiB.</summary>
    public long CapacityBytes { get; init; } = 1L << 30;

    /// <summary>Who opens one more is refused. Default: no limit.</summary>
    public int OpenFilesMax { get; init; } = int.MaxValue;

    public SimulatedDiskFaults Faults { get; init; } = new();
}
