using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// How many requests of one kind came, and how long they took, in microseconds. There is no queue of requests: what
/// <see cref="QueueTime"/> holds is the wait for those before it in the same turn of the reactor. From any thread.
/// </summary>
public sealed class RequestCounters(ApiKeyFacts api)
{
    private readonly CounterGroup _versions = new(api.HighestVersion + 1);

    public string Name { get; } = api.Name;

    public int VersionLimit => _versions.Width;

    /// <summary>From the arrival to the answer, waiting included.</summary>
    public Histogram TotalTime { get; } = new();

    /// <summary>In the handler.</summary>
    public Histogram LocalTime { get; } = new();

    public Histogram QueueTime { get; } = new();

    public long Of(int version) => _versions[version];

    /// <param name="version">ApiVersions is answered in versions that do not exist yet: those count as the
    /// highest.</param>
    internal void OnBegun(short version, TimeSpan queued)
    {
        _versions.Add(Math.Min((int)version, _versions.Width - 1), 1);
        QueueTime.Record(Microseconds(queued));
    }

    internal void OnHandled(TimeSpan taken) => LocalTime.Record(Microseconds(taken));

    internal void OnAnswered(TimeSpan taken) => TotalTime.Record(Microseconds(taken));

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
