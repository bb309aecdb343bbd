using Barnabas.Kernel;

namespace Barnabas.Broker;

/// <summary>The traffic of all topics of a node.</summary>
public sealed class TopicCounters
{
    public Counter MessagesIn { get; } = new();

    public Counter BytesIn { get; } = new();

    public Counter BytesOut { get; } = new();

    public Counter FailedProduces { get; } = new();

    public void OnAppended(int records, int bytes)
    {
        MessagesIn.Add(records);
        BytesIn.Add(bytes);
    }
}
