using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

public sealed class LinuxMailboxTests : MailboxContract
{
    private readonly RealStage _stage = new(PlatformSeams.Create);

    protected override Stage Stage => _stage;

    [Theory]
    [InlineData("mailbox")]
    [InlineData("reactor")]
    public void What_throws_is_reported_and_the_mailbox_goes_on(string kind)
    {
        IMailbox mailbox = Make(kind);
        int ran = 0;
        TestTimer bad = new(static () => throw new InvalidOperationException("timer"));
        TestTimer good = new(() => Interlocked.Increment(ref ran));
        mailbox.Post(new TestItem(() =>
        {
            mailbox.Arm(bad, TimeSpan.Zero);
            mailbox.Arm(good, TimeSpan.Zero);
            throw new InvalidOperationException("item");
        }));
        mailbox.Post(new TestItem(() => Interlocked.Increment(ref ran)));
        Stage.Until(() => Volatile.Read(ref ran) == 2);
        Assert.Equal(["item", "timer"], _stage.Faults.Select(static fault => fault.Message));
    }

    [Fact]
    public void The_end_of_a_scheduler_runs_what_was_posted()
    {
        ThreadScheduler scheduler = new(TimeProvider.System, static (_, _) => { });
        IMailbox one = scheduler.CreateMailbox("one"), crew = scheduler.CreateBlockingMailbox("crew", 2);
        int ran = 0;
        for (int i = 0; i < 100; i++)
        {
            one.Post(new TestItem(() => Interlocked.Increment(ref ran)));
            crew.Post(new TestItem(() => Interlocked.Increment(ref ran)));
        }

        scheduler.Dispose();
        Assert.Equal(200, ran);
    }
}
