namespace Barnabas.Platform.Tests;

/// <summary>When a reactor looks for events before it sleeps, as a rule over what it has seen.</summary>
public sealed class IdleSpinTests
{
    private static readonly TimeSpan Fitting = TimeSpan.FromMicroseconds(80);

    private IdleSpin _spin;

    [Theory]
    [InlineData(8, false)]
    [InlineData(2_000, false)]
    [InlineData(80, true)]
    public void Sleeps_of_a_client_that_waits_and_of_a_processor_that_slept_promise_something(int us, bool looks)
    {
        Sleep(100, TimeSpan.FromMicroseconds(us));
        Assert.Equal(looks, _spin.IsWorthwhile);
    }

    [Fact]
    public void One_sleep_is_no_promise_and_one_that_does_not_fit_ends_it()
    {
        Sleep(7, Fitting);
        Assert.False(_spin.IsWorthwhile);
        Sleep(1, Fitting);
        Assert.True(_spin.IsWorthwhile);
        Sleep(1, TimeSpan.FromMilliseconds(10));
        Assert.False(_spin.IsWorthwhile);
    }

    [Fact]
    public void Looks_that_find_nothing_end_it_for_many_sleeps()
    {
        Sleep(8, Fitting);
        _spin.Looked(found: false);
        Assert.False(_spin.IsWorthwhile);
        Sleep(70, Fitting);
        Assert.False(_spin.IsWorthwhile);
        Sleep(2, Fitting);
        Assert.True(_spin.IsWorthwhile);
    }

    [Fact]
    public void A_failure_among_many_finds_is_forgiven_and_a_row_of_them_is_not()
    {
        Sleep(8, Fitting);
        Find(20);
        _spin.Looked(found: false);
        Assert.True(_spin.IsWorthwhile);
        Find(20);
        for (int i = 0; i < 3; i++)
        {
            _spin.Looked(found: false);
        }

        Assert.False(_spin.IsWorthwhile);
    }

    [Fact]
    public void Now_and_then_it_sleeps_to_see_what_sleeping_costs()
    {
        Sleep(8, Fitting);
        Find(256);
        Assert.False(_spin.IsWorthwhile);
        Sleep(1, Fitting);
        Assert.True(_spin.IsWorthwhile);
        Find(256);
        // Another thread took the processor at once: it is busy, and looking would keep it from its work.
        Sleep(1, TimeSpan.FromMicroseconds(8));
        Assert.False(_spin.IsWorthwhile);
    }

    private void Sleep(int times, TimeSpan each)
    {
        for (int i = 0; i < times; i++)
        {
            _spin.Slept(each);
        }
    }

    private void Find(int times)
    {
        for (int i = 0; i < times; i++)
        {
            _spin.Looked(found: true);
        }
    }
}
