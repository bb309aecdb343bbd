namespace Barnabas.Platform.Tests;

public sealed class PortableMailboxTests : MailboxContract
{
    protected override Stage Stage { get; } = new RealStage(PlatformSeams.CreatePortable);
}
