using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

/// <summary>Who gets which connection, as a rule over reported loads.</summary>
public sealed class ReactorBalanceTests
{
    private static readonly MonotonicTime Now = new(TimeSpan.TicksPerDay);

    [Fact]
    public void A_new_connection_goes_to_who_has_the_fewest()
    {
        for (uint dealt = 0; dealt < 100; dealt++)
        {
            Assert.Equal(2, ReactorBalance.Deal([4, 3, 2, 3], dealt));
        }
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(8, 2)]
    [InlineData(6, 3)]
    [InlineData(32, 2)]
    public void No_reactor_gets_the_same_connection_of_each_client(int reactors, int connectionsOfClient)
    {
        int[] all = new int[reactors];
        int[] last = new int[reactors];
        int clients = reactors * 100;
        for (int i = 0; i < clients * connectionsOfClient; i++)
        {
            int chosen = ReactorBalance.Deal(all, (uint)i);
            all[chosen]++;
            last[chosen] += i % connectionsOfClient == connectionsOfClient - 1 ? 1 : 0;
        }

        Assert.All(all, count => Assert.Equal(100 * connectionsOfClient, count));
        Assert.All(last, static count => Assert.InRange(count, 70, 130));
    }

    [Theory]
    [InlineData(900, 100, true)]
    [InlineData(900, 700, true)]
    [InlineData(900, 800, false)]
    [InlineData(500, 0, true)]
    [InlineData(499, 0, false)]
    [InlineData(7000, 1000, true)]
    [InlineData(7000, 6500, false)]
    public void Only_a_busy_reactor_gives_and_only_to_one_that_is_clearly_less_busy(int giver, int other, bool gives)
    {
        ReactorBalance balance = Reported(giver, other);
        Assert.Equal(gives ? 1 : -1, balance.FindTarget(0, Now, out _));
    }

    [Fact]
    public void The_idlest_gets_it()
    {
        ReactorBalance balance = Reported(1000, 300, 200, 400);
        Assert.Equal(2, balance.FindTarget(0, Now, out int gap));
        Assert.Equal(800, gap);
    }

    [Fact]
    public void A_reactor_that_does_not_report_gets_nothing_unless_it_sleeps()
    {
        ReactorBalance balance = Reported(1000, 0);
        MonotonicTime later = Now + (2 * ReactorBalance.Interval);
        balance.Report(0, 1000, later);
        Assert.Equal(-1, balance.FindTarget(0, later, out _));
        balance.ReportAsleep(1, later);
        Assert.Equal(1, balance.FindTarget(0, later, out _));
    }

    [Fact]
    public void A_short_sleep_does_not_make_a_busy_reactor_idle()
    {
        ReactorBalance balance = Reported(1000, 950);
        balance.ReportAsleep(1, Now + ReactorBalance.Interval);
        Assert.Equal(-1, balance.FindTarget(0, Now, out _));
    }

    [Fact]
    public void What_is_promised_counts()
    {
        ReactorBalance balance = Reported(1000, 0, 1000);
        balance.Promise(1, 600, Now);
        Assert.Equal(1, balance.FindTarget(2, Now, out int gap));
        Assert.Equal(400, gap);
    }

    [Theory]
    [InlineData("1000", -1)]
    [InlineData("500 500", 0)]
    [InlineData("0 950 50", 2)]
    [InlineData("100 200 300 400", 3)]
    [InlineData("0 0 0", -1)]
    public void The_connection_goes_that_leaves_both_most_alike(string shares, int chosen)
    {
        long[] work = [.. shares.Split(' ').Select(long.Parse)];
        Assert.Equal(chosen, ReactorBalance.Choose(1000, 1000, work, 1000, out int share));
        Assert.Equal(chosen < 0 ? 0 : work[chosen], share);
    }

    /// <summary>Any steady load comes to rest, and then the busiest gives nothing away that would help.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(32)]
    public void Moving_comes_to_an_end(int reactors)
    {
        Random random = new(reactors);
        for (int round = 0; round < 20; round++)
        {
            List<int>[] shares = [.. Enumerable.Range(0, reactors).Select(static _ => new List<int>())];
            for (int i = 0; i < reactors * 3; i++)
            {
                shares[random.Next(reactors)].Add(random.Next(1, 1000));
            }

            int before = shares.Max(static own => own.Sum());
            int moves = 0;
            while (MoveOnce(shares))
            {
                moves++;
                Assert.True(moves < reactors * 20, "it flaps");
            }

            Assert.True(shares.Max(static own => own.Sum()) <= before);
        }
    }

    private static bool MoveOnce(List<int>[] shares)
    {
        int[] loads = [.. shares.Select(static own => own.Sum())];
        ReactorBalance balance = Reported(loads);
        for (int giver = 0; giver < shares.Length; giver++)
        {
            int target = balance.FindTarget(giver, Now, out int gap);
            if (target < 0)
            {
                continue;
            }

            long[] work = [.. shares[giver].Select(static share => (long)share)];
            int chosen = ReactorBalance.Choose(loads[giver], gap, work, loads[giver], out int moved);
            if (chosen >= 0)
            {
                shares[giver].RemoveAt(chosen);
                shares[target].Add(moved);
                return true;
            }
        }

        return false;
    }

    private static ReactorBalance Reported(params int[] loads)
    {
        ReactorBalance balance = new(loads.Length);
        for (int i = 0; i < loads.Length; i++)
        {
            balance.Report(i, loads[i], Now);
        }

        return balance;
    }
}
