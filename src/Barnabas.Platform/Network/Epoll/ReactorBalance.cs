using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// Decides who gets a new connection, and which connection a busy reactor gives to whom. Reactors report how busy they
/// were; who was busy asks. A pure core: its callers have the lock, the clock and the threads.
/// </summary>
/// <remarks>
/// A load is how many connections a reactor has under way on average, in thousandths: below one it is the share of time
/// in which it is busy, above it tells who is busier of two that never sleep. Nothing flaps, because a connection goes
/// only if its new reactor is then less busy than its old one was, by the margin: each move of a steady load lowers the
/// sum of the squares of all. A connection that is nearly all of its reactor's load stays, for it would only take the
/// heat along. What was promised to a reactor counts as its load until it reports for itself, so that two givers do not
/// overwhelm a third.
/// </remarks>
internal sealed class ReactorBalance(int reactors)
{
    /// <summary>The load of a reactor that always has one thing to do.</summary>
    public const int Full = 1000;

    /// <summary>Below it a request seldom finds its reactor busy, and moving would gain nothing.</summary>
    public const int BusyMin = 500;

    private const int MarginMin = 100;
    private const int MarginPart = 8;

    /// <summary>Long enough to tell a load from a burst, and moving one connection each time costs nothing.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Reported[] _reports = new Reported[reactors];

    /// <summary>
    /// Who gets a new connection: whoever has the fewest. Of those a different one each time, in no pattern: clients
    /// open two or three connections of which one will be busy, and in turn those would all meet on some reactors.
    /// </summary>
    /// <param name="dealt">How many were dealt before.</param>
    public static int Deal(ReadOnlySpan<int> connections, uint dealt)
    {
        int first = (int)(((ulong)(dealt * 0x9E3779B9u) * (uint)connections.Length) >> 32);
        int chosen = first;
        for (int i = 1; i < connections.Length; i++)
        {
            int candidate = (first + i) % connections.Length;
            chosen = connections[candidate] < connections[chosen] ? candidate : chosen;
        }

        return chosen;
    }

    /// <summary>A reactor had this load until now.</summary>
    public void Report(int reactor, int load, MonotonicTime now) =>
        _reports[reactor] = new Reported(load, now + (2 * Interval));

    /// <summary>A reactor sleeps now. If it has not reported for long, it has slept all the time.</summary>
    public void ReportAsleep(int reactor, MonotonicTime now)
    {
        if (!_reports[reactor].IsValid(now))
        {
            Report(reactor, 0, now);
        }
    }

    /// <summary>
    /// The reactor to give a connection to, and by how much it is less busy; -1 if that is not worth it. One that
    /// neither reports nor sleeps is in a turn that does not end, and gets nothing.
    /// </summary>
    public int FindTarget(int giver, MonotonicTime now, out int gap)
    {
        int target = giver;
        for (int i = 0; i < _reports.Length; i++)
        {
            if (_reports[i].IsValid(now) && _reports[i].Load < _reports[target].Load)
            {
                target = i;
            }
        }

        int load = _reports[giver].Load;
        gap = load - _reports[target].Load;
        return load >= BusyMin && gap > MarginOf(load) ? target : -1;
    }

    /// <summary>
    /// The connection that brings giver and target nearest to each other, and the load it takes along; -1 if none does
    /// by the margin.
    /// </summary>
    /// <param name="load">Of the giver.</param>
    /// <param name="work">Of each connection that could go, in any unit.</param>
    /// <param name="allWork">Of all its connections.</param>
    public static int Choose(int load, int gap, ReadOnlySpan<long> work, long allWork, out int share)
    {
        int chosen = -1;
        share = 0;
        for (int i = 0; i < work.Length; i++)
        {
            int its = allWork > 0 ? (int)(load * work[i] / allWork) : 0;
            bool helps = its > 0 && its <= gap - MarginOf(load);
            if (helps && (chosen < 0 || Math.Abs((2 * its) - gap) < Math.Abs((2 * share) - gap)))
            {
                chosen = i;
                share = its;
            }
        }

        return chosen;
    }

    /// <summary>The target will get a connection with this load.</summary>
    public void Promise(int target, int share, MonotonicTime now) =>
        Report(target, _reports[target].Load + share, now);

    private static int MarginOf(int load) => Math.Max(MarginMin, load / MarginPart);

    private readonly record struct Reported(int Load, MonotonicTime Until)
    {
        public bool IsValid(MonotonicTime now) => now < Until;
    }
}
