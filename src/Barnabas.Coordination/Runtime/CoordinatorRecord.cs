using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>A record of a coordinator's log.</summary>
/// <param name="Value">Null for a tombstone, which says that what the key names is gone.</param>
internal sealed record CoordinatorRecord(IRecordMessage Key, MessageAndVersion? Value)
{
    public bool IsTombstone => Value is null;
}
