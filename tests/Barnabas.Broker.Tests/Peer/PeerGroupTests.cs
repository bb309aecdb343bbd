using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>Groups and their offsets, known and unknown: the answers of this node are Apache Kafka's.</summary>
[Trait("Category", "Peer")]
[Collection(KafkaPairCollection.Name)]
public sealed class PeerGroupTests(KafkaPair pair)
{
    private static readonly string[] Groups = ["", "nobody"];

    [PeerFact]
    public void FindCoordinator_answers_as_Kafka_does() => pair.Compare(static ask =>
    {
        foreach (short version in (short[])[0, 1, 2, 3])
        {
            foreach (string key in (string[])["", "g", "nobody"])
            {
                ask.Ask<FindCoordinatorResponse>(
                    $"v{version} '{key}'", new FindCoordinatorRequest { Key = key }, version);
            }
        }

        foreach (short version in (short[])[4, 5, 6])
        {
            FindCoordinatorRequest several = new() { CoordinatorKeys = ["", "g", "nobody"] };
            ask.Ask<FindCoordinatorResponse>($"v{version}", several, version);
            ask.Ask<FindCoordinatorResponse>($"v{version} none", new FindCoordinatorRequest(), version);
        }

        ask.Ask<FindCoordinatorResponse>(
            "type 9", new FindCoordinatorRequest { KeyType = 9, CoordinatorKeys = ["g"] }, 4);
        ask.Ask<FindCoordinatorResponse>("type 9 v2", new FindCoordinatorRequest { KeyType = 9, Key = "g" }, 2);
    },
        new Intended("^type 9.*ErrorMessage", "own words"));

    [PeerFact]
    public void Strangers_to_a_group_are_answered_as_by_Kafka() => pair.Compare(static ask =>
    {
        foreach (string group in Groups)
        {
            foreach (string member in (string[])["", "stranger"])
            {
                foreach (int generation in (int[])[-1, 0, 1])
                {
                    Strange(ask, group, member, generation);
                }

                LeaveGroupRequest leave = new() { GroupId = group, MemberId = member };
                ask.Ask<LeaveGroupResponse>($"leave v2 '{group}' '{member}'", leave, 2);
                LeaveGroupRequest several = new() { GroupId = group };
                several.Members.Add(new() { MemberId = member });
                several.Members.Add(new() { MemberId = "", GroupInstanceId = "static" });
                ask.Ask<LeaveGroupResponse>($"leave v5 '{group}' '{member}'", several, 5);
            }

            ask.Ask<LeaveGroupResponse>($"leave nobody '{group}'", new LeaveGroupRequest { GroupId = group }, 5);
        }
    });

    [PeerFact]
    public void Joining_is_answered_as_by_Kafka() => pair.Compare(static ask =>
    {
        foreach (short version in (short[])[0, 2, 4, 5, 7, 9])
        {
            ask.Ask<JoinGroupResponse>($"v{version} ''", Join(""), version);
            ask.Ask<JoinGroupResponse>($"v{version} forged", Join("j", "forged"), version);
            ask.Ask<JoinGroupResponse>($"v{version} 1 ms", Join("j", sessionMs: 1), version);
            ask.Ask<JoinGroupResponse>($"v{version} long", Join("j", sessionMs: int.MaxValue), version);
            JoinGroupRequest noProtocol = Join("j");
            noProtocol.Protocols.Clear();
            ask.Ask<JoinGroupResponse>($"v{version} no protocol", noProtocol, version);
            JoinGroupRequest noType = Join("j");
            noType.ProtocolType = "";
            ask.Ask<JoinGroupResponse>($"v{version} no type", noType, version);
            if (version >= 4)
            {
                ask.Ask<JoinGroupResponse>($"v{version} first", Join($"first{version}"), version);
            }
        }

        JoinGroupRequest named = Join("j");
        named.GroupInstanceId = "";
        ask.Ask<JoinGroupResponse>("an empty instance", named, 5);
        named.GroupInstanceId = "a b";
        ask.Ask<JoinGroupResponse>("a bad instance", named, 5);
        named.GroupInstanceId = new string('i', 250);
        ask.Ask<JoinGroupResponse>("a long instance", named, 5);
    });

    [PeerFact]
    public void The_life_of_a_member_is_told_as_by_Kafka() => pair.Compare(static ask =>
    {
        JoinGroupRequest join = Join("life");
        join.MemberId = ask.Ask<JoinGroupResponse>("first", join, 9).MemberId;
        JoinGroupResponse joined = ask.Ask<JoinGroupResponse>("second", join, 9);
        string member = joined.MemberId;
        int generation = joined.GenerationId;
        Heartbeat(ask, "before sync", "life", member, generation);
        Sync(ask, "other generation", "life", member, generation + 1);
        Sync(ask, "other protocol", "life", member, generation, protocol: "roundrobin");
        Sync(ask, "other type", "life", member, generation, type: "connect");
        Sync(ask, "good", "life", member, generation);
        Sync(ask, "again", "life", member, generation);
        Heartbeat(ask, "good", "life", member, generation);
        Heartbeat(ask, "old", "life", member, generation - 1);
        Heartbeat(ask, "new", "life", member, generation + 1);
        Heartbeat(ask, "stranger", "life", "stranger", generation);
        Heartbeat(ask, "nobody", "life", "", -1);
        JoinGroupRequest other = Join("life", "", protocol: "other");
        ask.Ask<JoinGroupResponse>("other protocol", other, 3);
        JoinGroupRequest otherType = Join("life");
        otherType.ProtocolType = "connect";
        ask.Ask<JoinGroupResponse>("other type", otherType, 3);
        Commit(ask, "good", "life", member, generation);
        Commit(ask, "old", "life", member, generation - 1);
        Commit(ask, "stranger", "life", "stranger", generation);
        Commit(ask, "simple", "life", "", -1);
        Describe(ask, "stable", "life");
        ask.Ask<DeleteGroupsResponse>("delete", new DeleteGroupsRequest { GroupsNames = ["life", "nobody", ""] }, 2);
        ask.Ask<OffsetDeleteResponse>("offsets of a topic that is read", OffsetDelete("life", "t", 0, 9), 0);
        LeaveGroupRequest leave = new() { GroupId = "life" };
        leave.Members.Add(new() { MemberId = member });
        leave.Members.Add(new() { MemberId = "stranger" });
        ask.Ask<LeaveGroupResponse>("leave", leave, 5);
        Describe(ask, "empty", "life");
        Heartbeat(ask, "left", "life", member, generation);
        Commit(ask, "left", "life", member, generation);
        Commit(ask, "simple when empty", "life", "", -1);
        ask.Ask<OffsetDeleteResponse>("offsets", OffsetDelete("life", "t", 0, 9), 0);
        ask.Ask<DeleteGroupsResponse>("delete empty", new DeleteGroupsRequest { GroupsNames = ["life"] }, 2);
        ask.Ask<DeleteGroupsResponse>("delete again", new DeleteGroupsRequest { GroupsNames = ["life"] }, 2);
        Describe(ask, "dead", "life");
    });

    [PeerFact]
    public void Static_members_are_answered_as_by_Kafka() => pair.Compare(static ask =>
    {
        JoinGroupRequest join = Join("static");
        join.GroupInstanceId = "one";
        JoinGroupResponse joined = ask.Ask<JoinGroupResponse>("first", join, 9);
        Sync(ask, "static", "static", joined.MemberId, joined.GenerationId, instance: "one");
        JoinGroupResponse again = ask.Ask<JoinGroupResponse>("again", join, 9);
        Sync(ask, "fenced", "static", joined.MemberId, joined.GenerationId, instance: "one");
        Sync(ask, "unknown instance", "static", again.MemberId, again.GenerationId, instance: "two");
        HeartbeatRequest fenced = new()
        {
            GroupId = "static",
            GroupInstanceId = "one",
            MemberId = joined.MemberId,
            GenerationId = again.GenerationId,
        };
        ask.Ask<HeartbeatResponse>("heartbeat fenced", fenced, 4);
        JoinGroupRequest old = Join("static", joined.MemberId);
        old.GroupInstanceId = "one";
        ask.Ask<JoinGroupResponse>("join fenced", old, 9);
        LeaveGroupRequest leave = new() { GroupId = "static" };
        leave.Members.Add(new() { MemberId = "stranger", GroupInstanceId = "one" });
        leave.Members.Add(new() { MemberId = "", GroupInstanceId = "two" });
        ask.Ask<LeaveGroupResponse>("leave fenced", leave, 5);
        Describe(ask, "described", "static");
        LeaveGroupRequest right = new() { GroupId = "static" };
        right.Members.Add(new() { MemberId = "", GroupInstanceId = "one" });
        ask.Ask<LeaveGroupResponse>("leave", right, 5);
    });

    [PeerFact]
    public void Offsets_are_answered_as_by_Kafka() => pair.Compare(static ask =>
    {
        OffsetCommitRequest simple = Committing("simple", "", -1);
        simple.Topics[0].Partitions.Add(new() { PartitionIndex = 99, CommittedOffset = 5, CommittedMetadata = "" });
        simple.Topics[0].Partitions.Add(new()
        {
            PartitionIndex = 1,
            CommittedOffset = 5,
            CommittedLeaderEpoch = 3,
            CommittedMetadata = new string('m', 5_000),
        });
        simple.Topics.Add(new() { Name = "nowhere", Partitions = [new() { CommittedOffset = 5 }] });
        foreach (short version in (short[])[2, 5, 6, 7, 8, 9])
        {
            ask.Ask<OffsetCommitResponse>($"commit v{version}", simple, version);
        }

        foreach (short version in (short[])[1, 2, 3, 5, 6, 7])
        {
            foreach (string group in (string[])["", "nobody", "simple"])
            {
                OffsetFetchRequest fetch = new() { GroupId = group, Topics = [] };
                fetch.Topics.Add(new() { Name = "t", PartitionIndexes = [0, 1, 99] });
                fetch.Topics.Add(new() { Name = "nowhere", PartitionIndexes = [0] });
                ask.Ask<OffsetFetchResponse>($"fetch v{version} '{group}'", fetch, version);
                if (version >= 2)
                {
                    OffsetFetchRequest all = new() { GroupId = group, Topics = null };
                    ask.Ask<OffsetFetchResponse>($"fetch all v{version} '{group}'", all, version);
                }
            }
        }

        foreach (short version in (short[])[8, 9])
        {
            OffsetFetchRequest several = new();
            foreach (string group in (string[])["", "nobody", "simple"])
            {
                OffsetFetchRequest.OffsetFetchRequestGroup one = new() { GroupId = group, Topics = [] };
                one.Topics.Add(new() { Name = "t", PartitionIndexes = [0, 1, 99] });
                several.Groups.Add(one);
                several.Groups.Add(new() { GroupId = group + "all", Topics = null });
            }

            several.Groups.Add(new() { GroupId = "simple", Topics = null });
            ask.Ask<OffsetFetchResponse>($"fetch v{version}", several, version);
        }

        Describe(ask, "simple", "simple");
        ask.Ask<OffsetDeleteResponse>("delete of nobody", OffsetDelete("nobody", "t", 0), 0);
        ask.Ask<OffsetDeleteResponse>("delete of ''", OffsetDelete("", "t", 0), 0);
        ask.Ask<OffsetDeleteResponse>("delete", OffsetDelete("simple", "t", 0, 1, 99), 0);
        ask.Ask<OffsetDeleteResponse>("delete unknown topic", OffsetDelete("simple", "nowhere", 0), 0);
    });

    [PeerFact]
    public void Groups_are_listed_as_by_Kafka() => pair.Compare(static ask =>
    {
        foreach (short version in (short[])[0, 2, 4])
        {
            foreach (string state in (string[])["Stable", "stable", "Nonsense", ""])
            {
                ListGroupsRequest request = new();
                if (version >= 4)
                {
                    request.StatesFilter.Add(state);
                }

                ask.Ask<ListGroupsResponse>($"v{version} '{state}'", request, version);
            }
        }

        foreach (string type in (string[])["consumer", "nonsense", ""])
        {
            ask.Ask<ListGroupsResponse>($"type '{type}'", new ListGroupsRequest { TypesFilter = [type] }, 5);
        }

        foreach (short version in (short[])[0, 3, 5, 6])
        {
            DescribeGroupsRequest request = new() { Groups = ["", "nobody", "nobody"] };
            request.IncludeAuthorizedOperations = version >= 3;
            ask.Ask<DescribeGroupsResponse>($"describe v{version}", request, version);
        }

        foreach (short version in (short[])[0, 2])
        {
            DeleteGroupsRequest request = new() { GroupsNames = ["", "nobody", "nobody"] };
            ask.Ask<DeleteGroupsResponse>($"delete v{version}", request, version);
        }
    });

    private static void Strange(Dialogue ask, string group, string member, int generation)
    {
        string who = $"'{group}' '{member}' {generation}";
        Heartbeat(ask, who, group, member, generation);
        Sync(ask, who, group, member, generation);
        if (group.Length == 0 || member.Length > 0 || generation >= 0)
        {
            Commit(ask, who, group, member, generation);
        }
    }

    private static void Heartbeat(Dialogue ask, string label, string group, string member, int generation) =>
        ask.Ask<HeartbeatResponse>(
            "heartbeat " + label,
            new HeartbeatRequest { GroupId = group, MemberId = member, GenerationId = generation },
            4);

    private static void Sync(
        Dialogue ask,
        string label,
        string group,
        string member,
        int generation,
        string? protocol = "range",
        string? type = "consumer",
        string? instance = null)
    {
        SyncGroupRequest request = new()
        {
            GroupId = group,
            MemberId = member,
            GenerationId = generation,
            GroupInstanceId = instance,
            ProtocolName = protocol,
            ProtocolType = type,
        };
        request.Assignments.Add(new() { MemberId = member, Assignment = [1, 2, 3] });
        ask.Ask<SyncGroupResponse>("sync " + label, request, 5);
    }

    private static void Commit(Dialogue ask, string label, string group, string member, int generation) =>
        ask.Ask<OffsetCommitResponse>("commit " + label, Committing(group, member, generation), 9);

    private static void Describe(Dialogue ask, string label, string group) =>
        ask.Ask<DescribeGroupsResponse>("describe " + label, new DescribeGroupsRequest { Groups = [group] }, 6);

    private static OffsetCommitRequest Committing(string group, string member, int generation)
    {
        OffsetCommitRequest request = new()
        {
            GroupId = group,
            MemberId = member,
            GenerationIdOrMemberEpoch = generation,
        };
        OffsetCommitRequest.OffsetCommitRequestTopic topic = new() { Name = "t" };
        topic.Partitions.Add(new() { PartitionIndex = 0, CommittedOffset = 5, CommittedMetadata = "m" });
        request.Topics.Add(topic);
        return request;
    }

    private static OffsetDeleteRequest OffsetDelete(string group, string topic, params int[] partitions)
    {
        OffsetDeleteRequest request = new() { GroupId = group };
        OffsetDeleteRequest.OffsetDeleteRequestTopic asked = new() { Name = topic };
        asked.Partitions.AddRange(partitions.Select(static index =>
            new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = index }));
        request.Topics.Add(asked);
        return request;
    }

    private static JoinGroupRequest Join(
        string group, string member = "", int sessionMs = 30_000, string protocol = "range")
    {
        JoinGroupRequest request = new()
        {
            GroupId = group,
            SessionTimeoutMs = sessionMs,
            RebalanceTimeoutMs = 10_000,
            MemberId = member,
            ProtocolType = "consumer",
        };
        request.Protocols.Add(new() { Name = protocol, Metadata = [] });
        return request;
    }
}
