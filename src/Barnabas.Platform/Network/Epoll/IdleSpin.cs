namespace Barnabas.Platform;

/// <summary>
/// Decides whether a reactor that ran out of work looks for more for a moment before it sleeps. Where a processor
/// really goes to sleep, falling asleep and being woken delays an answer by some 50 µs, and a client that sends its
/// next request as soon as it has the answer is back sooner than that. A pure rule over what the last sleeps and looks
/// came to.
/// </summary>
/// <remarks>
/// It looks only while both are so: sleeps are short enough for somebody to be waited for and too long to have been a
/// mere switch to another thread of the same processor, which looking would only keep from running; and four looks of
/// five find something. A failed look is followed by many sleeps, so that looking in vain costs little beside them.
/// </remarks>
internal struct IdleSpin
{
    private const long SleepTicksMin = 30 * TimeSpan.TicksPerMicrosecond;
    private const long SleepTicksMax = 150 * TimeSpan.TicksPerMicrosecond;
    private const long LookTicksMax = 50 * TimeSpan.TicksPerMicrosecond;
    private const int Enough = 8;
    private const int Most = 16;
    private const int FailureCost = 4;
    private const int AfterFailures = -64;
    private const int LooksBetweenSleeps = 256;

    // Looks while it is at least Enough. Sleeps that fit raise it to there, found events up to Most.
    private int _promise;
    private int _looks;

    /// <summary>
    /// As long as sleeping would delay the answer: whoever gives up then has waited at most twice as long as the best.
    /// </summary>
    public static TimeSpan LookMax => new(LookTicksMax);

    /// <summary>
    /// False now and then in any case: only a sleep tells what sleeping costs, and the machine may have become busy.
    /// </summary>
    public readonly bool IsWorthwhile => _promise >= Enough && _looks < LooksBetweenSleeps;

    /// <summary>The reactor slept so long until something happened.</summary>
    public void Slept(TimeSpan sleep)
    {
        _looks = 0;
        if (sleep.Ticks is < SleepTicksMin or > SleepTicksMax)
        {
            _promise = Math.Min(_promise, 0);
        }
        else if (_promise < Enough)
        {
            _promise++;
        }
    }

    /// <summary>The reactor looked for events instead of sleeping.</summary>
    public void Looked(bool found)
    {
        _looks++;
        _promise = found ? Math.Min(_promise + 1, Most) : _promise - FailureCost;
        if (_promise < Enough)
        {
            _promise = AfterFailures;
        }
    }
}
