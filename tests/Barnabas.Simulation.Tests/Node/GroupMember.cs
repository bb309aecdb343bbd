using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// A member of a classic group: joins, leads if it must, commits ever higher offsets for what it was assigned, and
/// sometimes goes away, with or without a word.
/// </summary>
internal sealed class GroupMember : Actor
{
    private readonly GroupLedger _group;
    private readonly List<(string Topic, int Partition)> _assigned = [];
    private string _memberId = "";
    private int _generation = -1;

    public GroupMember(NodeStory story, GroupLedger group, int number)
        : base(story, $"{group.Name}-member-{number}")
    {
        _group = group;
    }

    protected override void Begin()
    {
        _generation = -1;
        Later(0, 300, FindCoordinator);
    }

    private void FindCoordinator()
    {
        FindCoordinatorRequest request = new() { CoordinatorKeys = [_group.Name] };
        Client.Send<FindCoordinatorResponse>(request, 4, answer =>
        {
            bool found = answer?.Coordinators is [{ ErrorCode: 0 }];
            Later(5, 100, found ? Join : FindCoordinator);
        });
    }

    private void Join()
    {
        _generation = -1;
        JoinGroupRequest request = new()
        {
            GroupId = _group.Name,
            MemberId = _memberId,
            SessionTimeoutMs = 3000,
            RebalanceTimeoutMs = 2000,
            ProtocolType = "consumer",
            Protocols = [new() { Name = "range", Metadata = [0, 1, 2] }],
        };
        Client.Send<JoinGroupResponse>(request, (short)Random.Between(5, 9), OnJoined);
    }

    private void OnJoined(JoinGroupResponse? answer)
    {
        if (answer?.ErrorCode == (short)ErrorCode.MemberIdRequired)
        {
            _memberId = answer.MemberId;
            Later(0, 20, Join);
            return;
        }

        if (answer is null || answer.ErrorCode != 0)
        {
            Recover((ErrorCode)(answer?.ErrorCode ?? 0));
            return;
        }

        _memberId = answer.MemberId;
        _group.OnJoined(_memberId, answer.GenerationId, answer.Leader);
        SyncGroupRequest request = new()
        {
            GroupId = _group.Name,
            GenerationId = answer.GenerationId,
            MemberId = _memberId,
            ProtocolType = "consumer",
            ProtocolName = "range",
        };
        if (answer.Leader == _memberId)
        {
            Assign(request, answer.Members);
        }

        Client.Send<SyncGroupResponse>(request, 5, synced => OnSynced(answer.GenerationId, synced));
    }

    // The assignment names its partitions by their place among all of the story.
    private void Assign(SyncGroupRequest request, List<JoinGroupResponse.JoinGroupResponseMember> members)
    {
        int partitions = Story.Topics.Sum(static topic => topic.Partitions.Count);
        for (int i = 0; i < members.Count; i++)
        {
            int member = i;
            IEnumerable<int> share = Enumerable.Range(0, partitions).Where(n => n % members.Count == member);
            byte[] mine = [.. share.Select(static n => (byte)n)];
            _group.OnAssigning(request.GenerationId, members[i].MemberId, mine);
            request.Assignments.Add(new() { MemberId = members[i].MemberId, Assignment = mine });
        }
    }

    private void OnSynced(int generation, SyncGroupResponse? answer)
    {
        if (answer is null || answer.ErrorCode != 0)
        {
            Recover((ErrorCode)(answer?.ErrorCode ?? 0));
            return;
        }

        _generation = generation;
        _group.OnAssigned(generation, _memberId, answer.Assignment);
        _assigned.Clear();
        (string, int)[] all =
            [.. Story.Topics.SelectMany(static topic => topic.Partitions.Select(p => (topic.Name, p.Number)))];
        foreach (byte index in answer.Assignment)
        {
            _assigned.Add(all[index]);
        }

        Later(0, 100, Work);
    }

    private void Work()
    {
        if (_generation < 0)
        {
            return;
        }

        switch (Random.Next(12))
        {
            case 0:
                Leave();
                return;
            case 1 or 2 or 3:
                Beat();
                break;
            default:
                Commit();
                break;
        }
    }

    private void Beat()
    {
        HeartbeatRequest request = new() { GroupId = _group.Name, GenerationId = _generation, MemberId = _memberId };
        Client.Send<HeartbeatResponse>(request, 4, answer =>
        {
            if (answer is { ErrorCode: 0 })
            {
                Later(5, 200, Work);
            }
            else
            {
                Recover((ErrorCode)(answer?.ErrorCode ?? 0));
            }
        });
    }

    private void Commit()
    {
        if (_assigned.Count == 0)
        {
            Beat();
            return;
        }

        (string Topic, int Partition) key = _assigned[Random.Next(_assigned.Count)];
        long offset = Story.NextCommit();
        OffsetCommitRequest request = new()
        {
            GroupId = _group.Name,
            GenerationIdOrMemberEpoch = _generation,
            MemberId = _memberId,
        };
        request.Topics.Add(new()
        {
            Name = key.Topic,
            Partitions = [new() { PartitionIndex = key.Partition, CommittedOffset = offset, CommittedMetadata = "m" }],
        });
        GroupLedger.Commit commit = _group.OnCommitting(key, offset);
        Client.Send<OffsetCommitResponse>(request, 8, answer =>
        {
            ErrorCode error = (ErrorCode)(answer?.Topics[0].Partitions[0].ErrorCode ?? 0);
            if (answer is not null && error == ErrorCode.None)
            {
                _group.OnCommitted(commit);
                Later(1, 200, Work);
                return;
            }

            if (error is ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId or ErrorCode.RebalanceInProgress
                or ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress)
            {
                _group.OnRefused(key, commit);
            }

            Recover(error);
        });
    }

    private void Leave()
    {
        _generation = -1;
        if (Random.OneIn(2))
        {
            // Gone without a word: the session will tell.
            Client.Disconnect();
            _memberId = "";
            Later(100, 4000, FindCoordinator);
            return;
        }

        LeaveGroupRequest request = new() { GroupId = _group.Name, Members = [new() { MemberId = _memberId }] };
        Client.Send<LeaveGroupResponse>(request, 4, _ =>
        {
            _memberId = "";
            Later(10, 2000, FindCoordinator);
        });
    }

    private void Recover(ErrorCode error)
    {
        Story.Note(error);
        _generation = -1;
        if (error is ErrorCode.UnknownMemberId)
        {
            _memberId = "";
        }

        Later(5, 200, error is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration ? Join : FindCoordinator);
    }
}
