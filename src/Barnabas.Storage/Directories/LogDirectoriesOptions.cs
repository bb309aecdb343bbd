namespace Barnabas.Storage;

/// <summary>Whose directories these have to be.</summary>
/// <param name="Paths"><c>log.dirs</c>: absolute paths, at least one.</param>
/// <param name="NodeId"><c>node.id</c></param>
/// <param name="ClusterId">The cluster this node must be of; null accepts the one that the directories name.</param>
public sealed record LogDirectoriesOptions(IReadOnlyList<string> Paths, int NodeId, string? ClusterId = null);
