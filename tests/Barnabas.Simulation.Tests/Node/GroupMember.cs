using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// A member of a classic group: joins, leads if it must, commits ever higher offsets for what it was assigned, and
/// sometimes goes away, with or without a word. A restless one also sleeps longer than its session lasts and goes on as
/// if nothing had happened, and sends several commits at once and over connections that break.
/// </summary>
internal sealed class GroupMember : Actor
{
    // A session that has ended by now is ended for the coordinator too.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(500);

    private readonly GroupLedger _group;
    private readonly string? _place;
    private readonly bool _isRestless;
    private readonly int _sessionMs = 3000;
    private readonly int _rebalanceMs = 2000;
    private readonly List<(string Topic, int Partition)> _assigned = [];
    private string _memberId = "";
    private int _generation = -1;
    private MonotonicTime _heardAt;

    /// <param name="story">Of which it is part.</param>
    /// <param name="group">Which it joins.</param>
    /// <param name="number">Tells it from others of the group.</param>
    /// <param name="place">Its instance id if it is a static member; others may want the same place.</param>
    public GroupMember(NodeStory story, GroupLedger group, int number, string? place = null)
        : base(story, $"{group.Name}-member-{number}")
    {
        _group = group;
        _place = place;
        _isRestless = story.Plan.RestlessGroups;
        if (_isRestless)
        {
            _sessionMs = (int)Random.Between(1000, 2000);
            _rebalanceMs = (int)Random.Between(1000, 2000);
        }
    }

    private TimeSpan Session => TimeSpan.FromMilliseconds(_sessionMs);

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
        GroupClaim claim = _group.Claim(_memberId, _place, _group.Newest);
        JoinGroupRequest request = new()
        {
            GroupId = _group.Name,
            MemberId = _memberId,
            GroupInstanceId = _place,
            SessionTimeoutMs = _sessionMs,
            RebalanceTimeoutMs = _rebalanceMs,
            ProtocolType = "consumer",
            Protocols = [new() { Name = "range", Metadata = [0, 1, 2] }],
        };
        Client.Send<JoinGroupResponse>(request, (short)Random.Between(5, 9), answer => OnJoined(claim, answer));
    }

    private void OnJoined(GroupClaim claim, JoinGroupResponse? answer)
    {
        if (answer?.ErrorCode == (short)ErrorCode.MemberIdRequired)
        {
            _memberId = answer.MemberId;
            Later(0, 20, Join);
            return;
        }

        if (answer is null || answer.ErrorCode != 0)
        {
            Recover(claim, (ErrorCode)(answer?.ErrorCode ?? 0));
            return;
        }

        _memberId = answer.MemberId;
        _group.OnJoined(claim, answer);
        SyncGroupRequest request = new()
        {
            GroupId = _group.Name,
            GenerationId = answer.GenerationId,
            MemberId = _memberId,
            GroupInstanceId = _place,
            ProtocolType = "consumer",
            ProtocolName = "range",
        };
        if (answer.Leader == _memberId && !answer.SkipAssignment)
        {
            Assign(request, answer.Members);
        }

        GroupClaim syncing = _group.Claim(_memberId, _place, answer.GenerationId);
        Client.Send<SyncGroupResponse>(request, 5, synced => OnSynced(syncing, synced));
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

    private void OnSynced(GroupClaim claim, SyncGroupResponse? answer)
    {
        if (answer is null || answer.ErrorCode != 0)
        {
            Recover(claim, (ErrorCode)(answer?.ErrorCode ?? 0));
            return;
        }

        _generation = claim.Generation;
        _heardAt = Reactor.Now;
        _group.OnAssigned(claim, answer.Assignment);
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

        if (_isRestless && Random.OneIn(10))
        {
            Later(_sessionMs, _sessionMs + 1500, Random.OneIn(3) ? Beat : Commit);
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
        GroupClaim claim = Claim();
        HeartbeatRequest request = new()
        {
            GroupId = _group.Name,
            GenerationId = _generation,
            MemberId = _memberId,
            GroupInstanceId = _place,
        };
        Client.Send<HeartbeatResponse>(request, 4, answer =>
        {
            if (answer is { ErrorCode: 0 })
            {
                _heardAt = Reactor.Now;
                _group.OnAccepted(claim, "is heard of");
                _group.OnSettled(claim, TimeSpan.FromMilliseconds(Math.Min(_sessionMs, _rebalanceMs)));
                Later(5, 200, Work);
            }
            else
            {
                Recover(claim, (ErrorCode)(answer?.ErrorCode ?? 0));
            }
        });
    }

    // A dynamic member that has said nothing for longer than its session has none any more; others may keep the place
    // of a static one alive.
    private GroupClaim Claim()
    {
        GroupClaim claim = _group.Claim(_memberId, _place, _generation);
        bool isOver = _place is null && _heardAt + Session + Slack < Reactor.Now;
        return claim with { IsStale = claim.IsStale || isOver };
    }

    private void Commit()
    {
        if (_assigned.Count == 0)
        {
            Beat();
            return;
        }

        int open = 1;
        if (_isRestless && Random.OneIn(4))
        {
            open = (int)Random.Between(2, 5);
            Later(0, 5, Random.OneIn(2) ? Client.Disconnect : static () => { });
        }

        GroupClaim claim = Claim();
        bool isLost = false;
        ErrorCode refused = ErrorCode.None;
        for (int sent = open; sent > 0; sent--)
        {
            Commit(claim, error =>
            {
                isLost |= error is null;
                refused = error is null or ErrorCode.None ? refused : error.Value;
                open--;
                if (open > 0)
                {
                    return;
                }

                _heardAt = Reactor.Now;
                if (isLost && _isRestless && Random.OneIn(2))
                {
                    // Over the next connection, which may overtake what was lost with this one.
                    Later(0, 20, Commit);
                }
                else if (isLost || refused != ErrorCode.None)
                {
                    Recover(claim, refused);
                }
                else
                {
                    Later(1, 200, Work);
                }
            });
        }
    }

    private void Commit(GroupClaim claim, Action<ErrorCode?> then)
    {
        (string Topic, int Partition) key = _assigned[Random.Next(_assigned.Count)];
        long offset = Story.NextCommit();
        string metadata = _isRestless ? $"{offset}" : "m";
        OffsetCommitRequest request = new()
        {
            GroupId = _group.Name,
            GenerationIdOrMemberEpoch = claim.Generation,
            MemberId = claim.MemberId,
            GroupInstanceId = claim.InstanceId,
            Topics = [new() { Name = key.Topic, Partitions = [new()
            {
                PartitionIndex = key.Partition,
                CommittedOffset = offset,
                CommittedMetadata = metadata,
            }] }],
        };
        // What must be refused must never be seen either.
        OffsetLedger.Commit? commit = claim.IsStale ? null : _group.Offsets.OnCommitting(key, offset, metadata);
        Client.Send<OffsetCommitResponse>(request, 8, answer =>
        {
            ErrorCode? error = (ErrorCode?)answer?.Topics[0].Partitions[0].ErrorCode;
            if (error == ErrorCode.None)
            {
                _group.OnAccepted(claim, "committed");
            }

            if (commit is not null)
            {
                _group.Offsets.OnAnswered(key, commit, error);
            }

            then(error);
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

        string left = _memberId;
        _group.OnLeaving(left);
        LeaveGroupRequest request = new()
        {
            GroupId = _group.Name,
            Members = [new() { MemberId = left, GroupInstanceId = _place }],
        };
        Client.Send<LeaveGroupResponse>(request, 4, answer =>
        {
            if (answer is { ErrorCode: 0, Members: [{ ErrorCode: 0 }] })
            {
                _group.OnLeft(left);
            }

            _memberId = "";
            Later(10, 2000, FindCoordinator);
        });
    }

    private void Recover(GroupClaim claim, ErrorCode error)
    {
        Story.Note(error);
        _group.OnRefused(claim, error);
        _generation = -1;
        if (error is ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId)
        {
            _memberId = "";
        }

        Later(5, 200, error is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration ? Join : FindCoordinator);
    }
}
