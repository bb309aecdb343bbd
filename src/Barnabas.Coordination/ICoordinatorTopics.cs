using System.Diagnostics.CodeAnalysis;
using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// The topics of the cluster as this node knows them; the broker implements it over its metadata image. Called on the
/// coordinator's mailbox.
/// </summary>
public interface ICoordinatorTopics
{
    bool TryGetName(Uuid topicId, [NotNullWhen(true)] out string? name);

    bool TryGetId(string name, out Uuid topicId);

    /// <summary>Finds a topic by the bytes of its name, and its name as a string without making one.</summary>
    bool TryFind(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out string? name, out Uuid topicId);

    /// <summary>True if the topic has a partition of this number.</summary>
    bool HasPartition(Uuid topicId, int partition);
}
