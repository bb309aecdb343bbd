namespace Barnabas.Platform.Tests;

public sealed class LinuxMailboxTests : MailboxContract
{
    protected override Stage Stage { get; } = new RealStage(PlatformSeams.Create);
}
