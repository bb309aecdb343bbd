using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>A group's progress in one partition.</summary>
/// <param name="Offset">The next record the group wants: one behind the last it has finished.</param>
/// <param name="Metadata">A note of the committer's, at most 4096 bytes by default.</param>
public readonly record struct CommittedOffset(Offset Offset, string Metadata = "");
