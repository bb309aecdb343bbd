namespace Barnabas.Platform.Tests;

public sealed class SimulatedNetworkContractTests : NetworkContract
{
    protected override Stage Stage { get; } = new SimulatedStage(seed: 11);
}
