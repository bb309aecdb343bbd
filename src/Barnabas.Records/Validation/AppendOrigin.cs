namespace Barnabas.Records;

/// <summary>Who wants to append. The less it is to be trusted, the more is checked.</summary>
public enum AppendOrigin : byte
{
    /// <summary>A producer: everything is checked.</summary>
    Client,

    /// <summary>A coordinator of this node: markers and compacted topics of its own.</summary>
    Coordinator,

    /// <summary>The leader, through a fetch of this follower: its bytes are taken as they are.</summary>
    Replication,

    /// <summary>The metadata quorum's leader, which has set offsets and epoch itself.</summary>
    RaftLeader,
}
