using System.Collections.Immutable;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>
/// One quota of one entity: user, client id, ip or a combination; a null name is the default of its type. Parts are
/// sorted by type, so that the same entity in another order is the same key.
/// </summary>
public sealed class ClientQuotaKey : IComparable<ClientQuotaKey>, IEquatable<ClientQuotaKey>
{
    public ClientQuotaKey(IEnumerable<KeyValuePair<string, string?>> entity, string quota)
    {
        Entity = [.. entity.OrderBy(static part => part.Key, StringComparer.Ordinal)];
        Quota = quota;
    }

    public ImmutableArray<KeyValuePair<string, string?>> Entity { get; }

    /// <summary>As in <c>producer_byte_rate</c>.</summary>
    public string Quota { get; }

    public static ClientQuotaKey FromRecord(ClientQuotaRecord record)
    {
        var parts = new List<KeyValuePair<string, string?>>(record.Entity.Count);
        foreach (ClientQuotaRecord.EntityData part in record.Entity)
        {
            parts.Add(new KeyValuePair<string, string?>(part.EntityType, part.EntityName));
        }

        return new ClientQuotaKey(parts, record.Key);
    }

    public int CompareTo(ClientQuotaKey? other)
    {
        if (other is null)
        {
            return 1;
        }

        int shared = Math.Min(Entity.Length, other.Entity.Length);
        for (int index = 0; index < shared; index++)
        {
            int order = string.CompareOrdinal(Entity[index].Key, other.Entity[index].Key);
            order = order != 0 ? order : string.CompareOrdinal(Entity[index].Value, other.Entity[index].Value);
            if (order != 0)
            {
                return order;
            }
        }

        int byLength = Entity.Length.CompareTo(other.Entity.Length);
        return byLength != 0 ? byLength : string.CompareOrdinal(Quota, other.Quota);
    }

    public bool Equals(ClientQuotaKey? other) => other is not null && CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as ClientQuotaKey);

    public override int GetHashCode() => Quota.Length;

    internal MessageAndVersion ToRecord(double value)
    {
        var record = new ClientQuotaRecord { Key = Quota, Value = value };
        foreach ((string type, string? name) in Entity)
        {
            record.Entity.Add(new ClientQuotaRecord.EntityData { EntityType = type, EntityName = name });
        }

        return new MessageAndVersion(record, 0);
    }
}
