namespace Barnabas.Raft;

/// <summary>Settings of the quorum; defaults are Kafka's.</summary>
public sealed record QuorumOptions
{
    /// <summary>This replica.</summary>
    public required ReplicaKey Self { get; init; }

    /// <summary><c>controller.quorum.election.timeout.ms</c>; each wait is drawn between this and twice this.</summary>
    public TimeSpan ElectionTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>controller.quorum.fetch.timeout.ms</c>: a follower that cannot fetch for so long calls an
    /// election.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often an unanswered request is sent again.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromMilliseconds(100);
}
