using System.Diagnostics.CodeAnalysis;
using System.Text;
using Barnabas.Kernel;

namespace Barnabas.Coordination.Tests;

/// <summary>A cluster with the topics <c>orders</c> and <c>payments</c> of 12 partitions each.</summary>
internal sealed class TestTopics : ICoordinatorTopics
{
    public static readonly Uuid Orders = new(1, 100);
    public static readonly Uuid Payments = new(1, 200);

    public Dictionary<string, Uuid> Ids { get; } = new() { ["orders"] = Orders, ["payments"] = Payments };

    /// <summary>Makes the next request that asks for a partition break an invariant, once.</summary>
    public bool Breaks { get; set; }

    public bool TryGetName(Uuid topicId, [NotNullWhen(true)] out string? name)
    {
        name = Ids.FirstOrDefault(topic => topic.Value == topicId).Key;
        return name is not null;
    }

    public bool TryGetId(string name, out Uuid topicId) => Ids.TryGetValue(name, out topicId);

    public bool TryFind(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out string? name, out Uuid topicId)
    {
        name = Encoding.UTF8.GetString(utf8Name);
        bool known = TryGetId(name, out topicId);
        name = known ? name : null;
        return known;
    }

    public bool HasPartition(Uuid topicId, int partition)
    {
        if (Breaks)
        {
            Breaks = false;
            throw new InvariantBrokenException("broken by the test");
        }

        return Ids.ContainsValue(topicId) && partition is >= 0 and < 12;
    }
}
