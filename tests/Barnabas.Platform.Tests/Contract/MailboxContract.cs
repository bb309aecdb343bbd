using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

/// <summary>What every mailbox does, real or simulated, with or without connections.</summary>
public abstract class MailboxContract : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    protected abstract Stage Stage { get; }

    [Theory]
    [InlineData("mailbox")]
    [InlineData("blocking")]
    [InlineData("reactor")]
    public void Items_run_in_the_order_of_their_posts_on_their_mailbox(string kind)
    {
        IMailbox mailbox = Make(kind);
        List<int> ran = [];
        bool everAway = false;
        int done = 0;
        for (int i = 0; i < 1000; i++)
        {
            int number = i;
            mailbox.Post(new TestItem(() =>
            {
                ran.Add(number);
                everAway |= !mailbox.IsCurrent;
                Interlocked.Increment(ref done);
            }));
        }

        Stage.Until(() => Volatile.Read(ref done) == 1000);
        Assert.Equal(Enumerable.Range(0, 1000), ran);
        Assert.False(everAway);
        Assert.False(mailbox.IsCurrent);
    }

    [Theory]
    [InlineData("mailbox")]
    [InlineData("reactor")]
    public void An_item_that_waits_already_runs_once_and_may_post_itself(string kind)
    {
        IMailbox mailbox = Make(kind);
        int ran = 0;
        TestItem? again = null;
        again = new TestItem(() =>
        {
            if (Interlocked.Increment(ref ran) < 3)
            {
                mailbox.Post(again!);
                mailbox.Post(again!);
            }
        });
        mailbox.Post(new TestItem(() =>
        {
            mailbox.Post(again);
            mailbox.Post(again);
        }));
        Stage.Until(() => Volatile.Read(ref ran) == 3);
        Stage.Pass(Short);
        Assert.Equal(3, ran);
    }

    [Theory]
    [InlineData("mailbox")]
    [InlineData("blocking")]
    [InlineData("reactor")]
    public void A_timer_fires_once_and_never_early(string kind)
    {
        IMailbox mailbox = Make(kind);
        MonotonicTime armed = default, fired = default;
        int fires = 0;
        TestTimer timer = new(() =>
        {
            fired = Stage.Seams.Time.Monotonic;
            Interlocked.Increment(ref fires);
        });
        mailbox.Post(new TestItem(() =>
        {
            armed = Stage.Seams.Time.Monotonic;
            mailbox.Arm(timer, TimeSpan.FromSeconds(5));
            mailbox.Arm(timer, Short);
        }));
        Stage.Until(() => Volatile.Read(ref fires) == 1);
        Stage.Pass(Short);
        Assert.Equal(1, fires);
        Assert.True(fired - armed >= Short, $"{fired - armed}");
        Assert.False(timer.IsArmed);
    }

    [Theory]
    [InlineData("mailbox")]
    [InlineData("reactor")]
    public void A_disarmed_timer_does_not_fire_and_one_may_arm_itself_again(string kind)
    {
        IMailbox mailbox = Make(kind);
        int wrong = 0, right = 0;
        TestTimer never = new(() => Interlocked.Increment(ref wrong));
        TestTimer? ticking = null;
        ticking = new TestTimer(() =>
        {
            mailbox.Disarm(never);
            if (Interlocked.Increment(ref right) < 5)
            {
                mailbox.Arm(ticking!, TimeSpan.FromMilliseconds(1));
            }
        });
        mailbox.Post(new TestItem(() =>
        {
            mailbox.Arm(never, Short);
            mailbox.Arm(ticking, TimeSpan.Zero);
        }));
        Stage.Until(() => Volatile.Read(ref right) == 5);
        Stage.Pass(2 * Short);
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void A_crew_runs_every_item_once()
    {
        IMailbox crew = Stage.Seams.Scheduler.CreateBlockingMailbox("crew", 3);
        int[] ran = new int[300];
        int done = 0;
        for (int i = 0; i < ran.Length; i++)
        {
            int number = i;
            crew.Post(new TestItem(() =>
            {
                Assert.True(crew.IsCurrent);
                ran[number]++;
                Interlocked.Increment(ref done);
            }));
        }

        Stage.Until(() => Volatile.Read(ref done) == ran.Length);
        Assert.All(ran, static times => Assert.Equal(1, times));
        Assert.Throws<NotSupportedException>(() => crew.Arm(new TestTimer(static () => { }), Short));
    }

    public void Dispose()
    {
        Stage.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected IMailbox Make(string kind) => kind switch
    {
        "mailbox" => Stage.Seams.Scheduler.CreateMailbox("mailbox"),
        "blocking" => Stage.Seams.Scheduler.CreateBlockingMailbox("blocking", 1),
        _ => Stage.Seams.Network.Reactors[1],
    };
}
