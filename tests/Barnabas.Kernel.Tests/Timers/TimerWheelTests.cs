namespace Barnabas.Kernel.Tests;

public sealed class TimerWheelTests
{
    private const long Millisecond = TimeSpan.TicksPerMillisecond;
    private const long Tick = 4 * Millisecond;

    /// <summary>
    /// Random arming, disarming and advancing, beside a plain list. A timer fires in the first call of Advance whose
    /// tick has reached its deadline, never before its deadline, and the wheel's announcement of the next one is exact.
    /// </summary>
    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 500)]
    [InlineData(3, 10_000)]
    [InlineData(4, 1_000_000)]
    public void The_wheel_agrees_with_a_plain_list(int seed, int spreadMilliseconds)
    {
        Random random = new(seed);
        long now = 123_456_789;
        TimerWheel wheel = new(new MonotonicTime(now));
        Recorder[] timers = [.. Enumerable.Range(0, 50).Select(static _ => new Recorder())];
        Dictionary<Recorder, long> model = [];
        for (int step = 0; step < 20_000; step++)
        {
            Recorder timer = timers[random.Next(timers.Length)];
            switch (random.Next(4))
            {
                case 0 or 1:
                    long deadline = now + random.NextInt64(-Tick, spreadMilliseconds * Millisecond);
                    wheel.Arm(timer, new MonotonicTime(deadline));
                    model[timer] = deadline;
                    break;
                case 2:
                    wheel.Disarm(timer);
                    model.Remove(timer);
                    break;
                default:
                    now += random.NextInt64(0, random.Next(20) == 0 ? 3 * spreadMilliseconds * Millisecond : 3 * Tick);
                    AdvanceAndCompare(wheel, model, now);
                    break;
            }

            Assert.Equal(model.Count, wheel.Count);
            Assert.Equal(model.ContainsKey(timer), timer.IsArmed);
        }
    }

    [Fact]
    public void The_next_deadline_is_exact_however_far_it_is()
    {
        TimerWheel wheel = new(new MonotonicTime(0));
        Assert.Equal(MonotonicTime.Never, wheel.NextDeadline());
        Recorder far = new(), near = new();
        wheel.Arm(far, new MonotonicTime(TimeSpan.TicksPerHour));
        Assert.Equal(new MonotonicTime(TimeSpan.TicksPerHour), wheel.NextDeadline());
        wheel.Arm(near, new MonotonicTime((10 * Tick) + 1));
        Assert.Equal(new MonotonicTime(11 * Tick), wheel.NextDeadline());
        wheel.Disarm(near);
        Assert.Equal(new MonotonicTime(TimeSpan.TicksPerHour), wheel.NextDeadline());
        wheel.Arm(far, MonotonicTime.Never);
        Assert.Equal(MonotonicTime.Never, wheel.NextDeadline());
    }

    [Fact]
    public void Timers_of_a_tick_fire_by_deadline_and_equal_ones_in_arming_order()
    {
        TimerWheel wheel = new(new MonotonicTime(0));
        List<int> order = [];
        long[] deadlines = [30, 10, 20, 10, 30];
        for (int i = 0; i < deadlines.Length; i++)
        {
            int number = i;
            wheel.Arm(new Recorder { OnFire = () => order.Add(number) }, new MonotonicTime(deadlines[i]));
        }

        wheel.Advance(new MonotonicTime(Tick));
        Assert.Equal([1, 3, 2, 0, 4], order);
    }

    [Fact]
    public void A_timer_that_throws_does_not_take_its_neighbours_with_it()
    {
        TimerWheel wheel = new(new MonotonicTime(0));
        int fired = 0;
        wheel.Arm(new Recorder { OnFire = static () => throw new InvalidOperationException() }, new MonotonicTime(1));
        wheel.Arm(new Recorder { OnFire = () => fired++ }, new MonotonicTime(2));
        Assert.Throws<InvalidOperationException>(() => wheel.Advance(new MonotonicTime(Tick)));
        Assert.Equal(0, fired);
        wheel.Advance(new MonotonicTime(Tick));
        Assert.Equal(1, fired);
        Assert.Equal(MonotonicTime.Never, wheel.NextDeadline());
    }

    [Fact]
    public void A_timer_that_arms_itself_for_now_waits_for_the_next_tick()
    {
        TimerWheel wheel = new(new MonotonicTime(0));
        int fired = 0;
        Recorder? timer = null;
        timer = new Recorder
        {
            OnFire = () =>
            {
                fired++;
                wheel.Arm(timer!, new MonotonicTime(Tick));
            },
        };
        wheel.Arm(timer, new MonotonicTime(1));
        wheel.Advance(new MonotonicTime(Tick));
        Assert.Equal(1, fired);
        wheel.Advance(new MonotonicTime(2 * Tick));
        Assert.Equal(2, fired);
    }

    private static void AdvanceAndCompare(TimerWheel wheel, Dictionary<Recorder, long> model, long now)
    {
        MonotonicTime announced = wheel.NextDeadline();
        if (model.Count == 0)
        {
            Assert.Equal(MonotonicTime.Never, announced);
        }

        List<Recorder> fired = [];
        foreach (Recorder timer in model.Keys)
        {
            timer.OnFire = () => fired.Add(timer);
        }

        wheel.Advance(new MonotonicTime(now));
        Assert.All(fired, timer => Assert.True(model[timer] <= now, "early"));
        Assert.Equal(fired.Count > 0, announced.Ticks <= now);
        long reached = now / Tick * Tick;
        foreach ((Recorder timer, long deadline) in model)
        {
            // Due in a tick that is over. One that was armed for the past may need the tick after its arming.
            if (deadline <= reached - Tick)
            {
                Assert.Contains(timer, fired);
            }
        }

        fired.ForEach(timer => model.Remove(timer));
    }

    private sealed class Recorder : TimerItem
    {
        public Action? OnFire { get; set; }

        public override void Fire() => OnFire?.Invoke();
    }
}
