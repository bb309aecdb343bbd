using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>An offset of a partition that exists, with the place in the reply where its fate is told.</summary>
internal readonly record struct OffsetToCommit(
    string Topic,
    Uuid TopicId,
    OffsetCommitRequest.OffsetCommitRequestPartition Partition,
    OffsetCommitResponse.OffsetCommitResponsePartition Answer);
