using System.Collections.Immutable;

namespace Barnabas.Raft;

/// <summary>A member of the voter set.</summary>
public sealed record Voter
{
    public required ReplicaKey Key { get; init; }

    public required ImmutableArray<VoterEndpoint> Endpoints { get; init; }

    /// <summary>Levels of kraft.version that the voter can do.</summary>
    public short KRaftVersionMin { get; init; }

    public short KRaftVersionMax { get; init; } = 1;

    public bool Equals(Voter? other) =>
        other is not null
        && Key == other.Key
        && KRaftVersionMin == other.KRaftVersionMin
        && KRaftVersionMax == other.KRaftVersionMax
        && Endpoints.AsSpan().SequenceEqual(other.Endpoints.AsSpan());

    public override int GetHashCode() => Key.Id.Value;
}
