namespace Barnabas.Platform.Tests;

public sealed class SimulatedMailboxContractTests : MailboxContract
{
    protected override Stage Stage { get; } = new SimulatedStage(seed: 12);
}
