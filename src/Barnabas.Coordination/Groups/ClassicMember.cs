using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>A member of a classic group.</summary>
internal sealed class ClassicMember
{
    /// <summary>
    /// What a member costs beyond its strings and bytes: the objects, timers and table entries. Rounded up, so that the
    /// limit on a group's bytes also bounds a group of many tiny members.
    /// </summary>
    public const int OverheadBytes = 512;

    public ClassicMember(
        string id,
        string? instanceId,
        string clientId,
        string clientHost,
        int rebalanceTimeoutMs,
        int sessionTimeoutMs,
        IReadOnlyList<MemberProtocol> protocols,
        byte[] assignment)
    {
        Id = id;
        InstanceId = instanceId;
        ClientId = clientId;
        ClientHost = clientHost;
        RebalanceTimeoutMs = rebalanceTimeoutMs;
        SessionTimeoutMs = sessionTimeoutMs;
        Protocols = protocols;
        Assignment = assignment;
    }

    public string Id { get; }

    /// <summary>The name of a static member's place (KIP-345); null for a dynamic member.</summary>
    public string? InstanceId { get; }

    public string ClientId { get; }

    public string ClientHost { get; }

    public int RebalanceTimeoutMs { get; set; }

    public int SessionTimeoutMs { get; set; }

    /// <summary>In the member's order of preference.</summary>
    public IReadOnlyList<MemberProtocol> Protocols { get; set; }

    public byte[] Assignment { get; set; }

    /// <summary>The parked JoinGroup, if the member waits for the generation.</summary>
    public ReplyOnce<JoinGroupResponse>? AwaitingJoin { get; set; }

    /// <summary>The parked SyncGroup, if the member waits for its assignment.</summary>
    public ReplyOnce<SyncGroupResponse>? AwaitingSync { get; set; }

    /// <summary>
    /// True until the first generation it is part of: it does not know its id yet, sends no heartbeats, and is let go
    /// even while it waits.
    /// </summary>
    public bool IsNew { get; set; }

    public GroupTimer? Session { get; set; }

    public bool IsStatic => InstanceId is not null;

    /// <summary>True while a parked request proves that the member is alive.</summary>
    public bool IsHeardOf => !IsNew && (AwaitingJoin is not null || AwaitingSync is not null);

    public long Bytes => MeasureBytes(Id, InstanceId, ClientId, ClientHost, Protocols) + Assignment.Length;

    public static long MeasureBytes(
        string id, string? instanceId, string clientId, string clientHost, IReadOnlyList<MemberProtocol> protocols)
    {
        // A char is two bytes in memory.
        int chars = id.Length + (instanceId?.Length ?? 0) + clientId.Length + clientHost.Length;
        long bytes = OverheadBytes + (2L * chars);
        foreach (MemberProtocol protocol in protocols)
        {
            bytes += (2L * protocol.Name.Length) + protocol.Metadata.Length;
        }

        return bytes;
    }

    public byte[] Metadata(string protocol)
    {
        foreach (MemberProtocol supported in Protocols)
        {
            if (supported.Name == protocol)
            {
                return supported.Metadata;
            }
        }

        throw new InvariantBrokenException("a member supports the protocol its group has chosen");
    }

    /// <summary>The protocol it likes best among those that everybody supports.</summary>
    public string Vote(IReadOnlySet<string> candidates)
    {
        foreach (MemberProtocol supported in Protocols)
        {
            if (candidates.Contains(supported.Name))
            {
                return supported.Name;
            }
        }

        throw new InvariantBrokenException("a member supports one of the protocols that all members support");
    }

    /// <summary>The same member under a new id: a static member that came back.</summary>
    public ClassicMember WithId(string id) => new(
        id, InstanceId, ClientId, ClientHost, RebalanceTimeoutMs, SessionTimeoutMs, Protocols, Assignment);
}
