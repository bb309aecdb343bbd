using Barnabas.Kernel;

namespace Barnabas.Replication;

/// <summary>
/// A partition as a fetch session names it: by topic id from Fetch version 13 on (KIP-516), by topic name before. The
/// half that is not used is empty, so the two kinds never equal each other.
/// </summary>
public readonly record struct FetchKey(Uuid TopicId, string Topic, int Partition);
