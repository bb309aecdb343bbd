using Barnabas.Kernel;

namespace Barnabas.Raft;

/// <summary>
/// A replica of the metadata log: a node and the log directory it keeps it in (KIP-853). A node whose disk was replaced
/// is another replica. <see cref="Uuid.Zero"/> as directory means that it is not known, as in static quorums.
/// </summary>
public readonly record struct ReplicaKey(BrokerId Id, Uuid Directory) : IComparable<ReplicaKey>
{
    public int CompareTo(ReplicaKey other)
    {
        int byId = Id.CompareTo(other.Id);
        return byId != 0 ? byId : Directory.CompareTo(other.Directory);
    }

    public override string ToString() => Directory.IsZero ? Id.ToString() : $"{Id}:{Directory}";
}
