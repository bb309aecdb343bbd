using System.Diagnostics;
using Barnabas.Platform;

namespace Barnabas.Host;

/// <summary>What a process can say of itself, under the names that Prometheus clients use everywhere.</summary>
internal static class ProcessMetrics
{
    public static void AddTo(MetricRegistry registry)
    {
        registry.Add(
            "process:type=cpu,name=seconds",
            MetricKind.Count,
            "s",
            () => [Sample.Of(Read(process => process.TotalProcessorTime.TotalSeconds))]);
        registry.Add("process:type=resident,name=memory_bytes", "bytes", () => Environment.WorkingSet);
        registry.Add("process:type=threads", "threads", () => Read(process => process.Threads.Count));
        registry.Add("dotnet:type=gc,name=heap_bytes", "bytes", () => GC.GetTotalMemory(forceFullCollection: false));
        registry.Add(
            "dotnet:type=gc,name=collections",
            MetricKind.Count,
            "collections",
            () => [Sample.Of(GC.CollectionCount(0))]);
    }

    /// <summary>
    /// How long reactors were away from their sockets, which is what other connections of theirs waited, and how many
    /// connections they gave to each other.
    /// </summary>
    public static void AddReactors(MetricRegistry registry, TransportOptions transport)
    {
        Histogram turns = transport.Turns;
        RecentDistribution recent = new();
        registry.Add("barnabas:type=reactor,name=connections_moved", "connections", transport.Moves);
        registry.Add(
            "barnabas:type=reactor,name=turn_microseconds", MetricKind.Distribution, "us", () => [Sample.Of(turns)]);
        registry.Add(
            "barnabas:type=reactor,name=longest_turn_microseconds",
            "us",
            () => recent.Of(turns.Snapshot(), transport.Time.Monotonic).Quantile(1));
    }

    private static double Read(Func<Process, double> read)
    {
        using Process self = Process.GetCurrentProcess();
        return read(self);
    }
}
