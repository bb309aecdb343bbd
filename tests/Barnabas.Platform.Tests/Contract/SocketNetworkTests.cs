namespace Barnabas.Platform.Tests;

public sealed class SocketNetworkTests : NetworkContract
{
    protected override Stage Stage { get; } = new RealStage(PlatformSeams.CreatePortable);
}
