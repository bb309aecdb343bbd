using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

/// <summary>A topic that the story writes to and reads from, and never deletes.</summary>
internal sealed class TopicLedger
{
    public TopicLedger(string name, int partitions, bool flushesEach, bool hasRetention, Findings findings)
    {
        Name = name;
        FlushesEach = flushesEach;
        HasRetention = hasRetention;
        Partitions = [.. Enumerable.Range(0, partitions).Select(number => new PartitionLedger(this, number, findings))];
    }

    public string Name { get; }

    /// <summary>With <c>flush.messages=1</c> what is acknowledged survives a loss of power too.</summary>
    public bool FlushesEach { get; }

    public bool HasRetention { get; }

    public bool HasSmallSegments => Configs.ContainsKey("segment.index.bytes");

    public IReadOnlyList<PartitionLedger> Partitions { get; }

    /// <summary>Known once the topic is created.</summary>
    public Uuid Id { get; set; }

    public Dictionary<string, string> Configs { get; } = [];
}
