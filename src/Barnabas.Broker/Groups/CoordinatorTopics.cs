using System.Diagnostics.CodeAnalysis;

using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Metadata;

namespace Barnabas.Broker;

/// <summary>The topics of the newest image, for the coordinator.</summary>
internal sealed class CoordinatorTopics(ClusterView cluster) : ICoordinatorTopics
{
    public bool TryGetName(Uuid topicId, [NotNullWhen(true)] out string? name)
    {
        name = cluster.Image.Topics.TryGet(topicId, out TopicImage? topic) ? topic.Name : null;
        return name is not null;
    }

    public bool TryGetId(string name, out Uuid topicId)
    {
        bool known = cluster.Image.Topics.TryGet(name, out TopicImage? topic);
        topicId = known ? topic!.Id : Uuid.Zero;
        return known;
    }

    public bool TryFind(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out string? name, out Uuid topicId)
    {
        cluster.Image.Topics.TryGet(utf8Name, out TopicImage? topic);
        name = topic?.Name;
        topicId = topic?.Id ?? Uuid.Zero;
        return name is not null;
    }

    public bool HasPartition(Uuid topicId, int partition) =>
        cluster.Image.FindPartition(new TopicIdPartition(topicId, partition)) is not null;
}
