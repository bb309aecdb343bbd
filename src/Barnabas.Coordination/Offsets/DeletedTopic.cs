using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>A topic that was deleted: offsets under its name and id are of no use any more.</summary>
public readonly record struct DeletedTopic(string Name, Uuid Id);
