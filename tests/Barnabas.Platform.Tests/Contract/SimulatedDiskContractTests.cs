using Barnabas.Kernel;
using Barnabas.Simulation;

namespace Barnabas.Platform.Tests;

public sealed class SimulatedDiskContractTests : DiskContract
{
    public SimulatedDiskContractTests() => Disk.CreateDirectory(Root);

    protected override IDisk Disk { get; } = new SimulatedDisk(seed: 1);

    protected override string Root => "/data";
}
