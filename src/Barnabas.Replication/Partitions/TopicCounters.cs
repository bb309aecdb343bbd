using Barnabas.Kernel;

namespace Barnabas.Replication;

/// <summary>The traffic of one topic, or of all. From any thread.</summary>
public sealed class TopicCounters
{
    private readonly CounterGroup _counts = new((int)TopicCount.FailedFetches + 1);

    public long this[TopicCount what] => _counts[(int)what];

    public void Add(TopicCount what, long amount) => _counts.Add((int)what, amount);
}
