namespace Barnabas.Host;

/// <summary>
/// What of a distribution is new: its quantiles since the start of a node would hide what happens now behind weeks of
/// calm. It remembers what was asked before, so a distribution that nobody asks for costs nothing. From any thread.
/// </summary>
internal sealed class RecentDistribution
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private HistogramSnapshot? _before;
    private HistogramSnapshot? _last;
    private MonotonicTime _lastTaken;

    /// <summary>
    /// The values of the last one to two minutes; of more if nobody asked meanwhile, back to the question before the
    /// last one.
    /// </summary>
    public HistogramSnapshot Of(HistogramSnapshot current, MonotonicTime now)
    {
        lock (_lock)
        {
            if (_last is null || now - _lastTaken >= Interval)
            {
                (_before, _last, _lastTaken) = (_last, current, now);
            }

            return _before is null ? current : current.Since(_before);
        }
    }
}
