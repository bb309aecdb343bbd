using Barnabas.Raft;

namespace Barnabas.Broker;

/// <summary>What <c>kafka-storage format</c> is told, by its options and by the node's configuration.</summary>
public sealed record FormatOptions
{
    /// <summary><c>--cluster-id</c>.</summary>
    public required string ClusterId { get; init; }

    /// <summary><c>node.id</c>, at least 0.</summary>
    public required int NodeId { get; init; }

    /// <summary><c>log.dirs</c> and <c>metadata.log.dir</c>.</summary>
    public required IReadOnlyList<string> Directories { get; init; }

    /// <summary>The one of <see cref="Directories"/> that holds the metadata log.</summary>
    public required string MetadataDirectory { get; init; }

    /// <summary>The node is a controller: the metadata directory gets the records a new cluster begins with.</summary>
    public required bool IsController { get; init; }

    /// <summary><c>controller.quorum.voters</c> is set.</summary>
    public required bool HasStaticVoters { get; init; }

    /// <summary><c>--initial-controllers</c>, parsed; or this node alone, for <c>--standalone</c>. Null for
    /// neither.</summary>
    public VoterSet? InitialControllers { get; init; }

    /// <summary><c>--no-initial-controllers</c>: the voters will be learned from other controllers.</summary>
    public bool NoInitialControllers { get; init; }

    /// <summary><c>--release-version</c>; null for the newest.</summary>
    public string? ReleaseVersion { get; init; }

    /// <summary><c>--feature name=level</c>, as given.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary><c>--add-scram</c>, as given.</summary>
    public IReadOnlyList<string> ScramCredentials { get; init; } = [];

    /// <summary><c>--ignore-formatted</c>: leave formatted directories alone instead of failing.</summary>
    public bool IgnoreFormatted { get; init; }
}
