using Barnabas.Kernel;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>One partition of a produce: where it goes, and what became of it.</summary>
internal struct ProduceItem : INamesPartition
{
    /// <summary>Names the topic in the reply from version 13 on.</summary>
    public Uuid TopicId;

    /// <summary>Names the topic in the reply before version 13.</summary>
    public ReadOnlyMemory<byte> NameUtf8;

    /// <summary>Counts the topics of the request: items with the same number belong together in the reply.</summary>
    public int Topic;

    public int Index;

    public Partition? Partition;

    /// <summary>The topic is not known, let alone the partition.</summary>
    public bool IsUnknownTopic;

    /// <summary>Where the records are in the frame; nothing of it is used once they are appended.</summary>
    public int RecordsOffset;

    public int RecordsLength;

    /// <summary>
    /// With <see cref="ErrorCode.None"/> the records are in the log, though perhaps not yet acknowledged.
    /// </summary>
    public AppendResult Result;

    /// <summary>The topic's <c>flush.messages</c> asks for a flush before these records are acknowledged.</summary>
    public bool AwaitsFlush;

    readonly Partition? INamesPartition.NamedPartition => Partition;
}
