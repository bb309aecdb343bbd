using System.Globalization;
using System.Text;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination.Tests;

/// <summary>
/// A group whose members, log and leadership behave at random under a seed, with what must always hold.
/// </summary>
internal sealed class RandomGroup
{
    private readonly Random _random;
    private readonly GroupWorld _world;
    private readonly TestGroup _group;
    private readonly List<Member> _members = [];
    private readonly List<Func<bool>> _open = [];
    private readonly Dictionary<int, Dictionary<string, string>> _assignments = [];
    private readonly Dictionary<int, long> _acknowledged = [];
    private readonly Dictionary<int, List<long>> _uncertain = [];
    private ClassicGroup? _lastGroup;
    private int _lastGeneration;
    private int _epoch = 1;
    private long _nextOffset;
    private bool _appendsFailed;

    public RandomGroup(int seed)
    {
        _random = new Random(seed);
        _world = new GroupWorld(new GroupCoordinatorOptions { GroupMaxSize = 5 }, seed: seed);
        _group = _world.Group("g");
    }

    /// <summary>Runs and returns the story, for comparison with another run of the same seed.</summary>
    public string Run(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            Step();
            _open.RemoveAll(isDone => isDone());
            CheckGeneration();
        }

        End();
        var story = new StringBuilder();
        foreach (var move in _world.Events.Groups)
        {
            story.AppendLine(CultureInfo.InvariantCulture, $"{move.Generation} {move.From} {move.To} {move.Why}");
        }

        return story.Append(Convert.ToHexString(_world.Log.Bytes(_group.Partition))).ToString();
    }

    // I-38: while a coordinator lives a group's generation never falls.
    private void CheckGeneration()
    {
        ClassicGroup? group = Shard().Groups.Find("g");
        if (group is not null && ReferenceEquals(group, _lastGroup))
        {
            Assert.True(group.Generation >= _lastGeneration);
        }

        (_lastGroup, _lastGeneration) = (group, group?.Generation ?? 0);
    }

    private void Step()
    {
        switch (_random.Next(20))
        {
            case < 5:
                Join(Pick());
                break;
            case < 9:
                Sync(Pick());
                break;
            case < 12:
                Commit(Pick());
                break;
            case < 14:
                Heartbeat(Pick());
                break;
            case 14:
                Leave(Pick());
                break;
            case < 18:
                _world.Pass(TimeSpan.FromMilliseconds(_random.Next(4_000)));
                break;
            case 18:
                Disturb();
                break;
            default:
                _world.Log.HoldsHighWatermark = false;
                _world.Log.AppendError = ErrorCode.None;
                Release();
                break;
        }
    }

    private void Disturb()
    {
        switch (_random.Next(3))
        {
            case 0:
                _world.Log.HoldsHighWatermark = true;
                break;
            case 1:
                _world.Log.AppendError = ErrorCode.NotEnoughReplicas;
                _appendsFailed = true;
                break;
            default:
                // Another leader in between; what was written stays, for no replica was lost.
                Release();
                _world.Coordinator.OnLeadershipLost(_group.Partition, new LeaderEpoch(++_epoch));
                _world.Coordinator.OnLeadershipGained(_group.Partition, new LeaderEpoch(++_epoch));
                _world.Run();
                break;
        }
    }

    private void Release()
    {
        _world.Log.Commit(_group.Partition);
        _world.Coordinator.OnHighWatermark(
            _group.Partition, new LeaderEpoch(_epoch), _world.Log.LogEnd(_group.Partition));
        _world.Run();
    }

    private Member Pick()
    {
        if (_members.Count < 7 && _random.Next(4) == 0)
        {
            _members.Add(new Member { InstanceId = _random.Next(3) == 0 ? $"i{_random.Next(2)}" : null });
        }

        return _members.Count == 0 ? new Member() : _members[_random.Next(_members.Count)];
    }

    private void Join(Member member)
    {
        if (_random.Next(10) == 0)
        {
            member.Id = "";
        }

        Inbox<JoinGroupResponse> join = _group.Join(
            member.Id,
            member.InstanceId,
            topics: [_random.Next(3) == 0 ? "payments" : "orders"],
            sessionMs: 6_000 + _random.Next(6_000),
            rebalanceMs: 5_000 + _random.Next(10_000));
        Expect(join, reply =>
        {
            switch ((ErrorCode)reply.ErrorCode)
            {
                case ErrorCode.MemberIdRequired:
                    member.Id = reply.MemberId;
                    break;
                case ErrorCode.None:
                    member.Id = reply.MemberId;
                    member.Generation = reply.GenerationId;
                    member.LeadsWith = reply.Members.Count > 0 && !reply.SkipAssignment
                        ? [.. reply.Members.Select(other => other.MemberId)]
                        : null;
                    break;
                case ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId or ErrorCode.GroupMaxSizeReached:
                    member.Id = "";
                    break;
            }
        });
    }

    private void Sync(Member member)
    {
        int generation = member.Generation;
        string id = member.Id;
        (string, string)[] plan = member.LeadsWith is { } members
            ? [.. members.Select(other => (other, $"{generation}/{_random.Next()}"))]
            : [];
        Expect(_group.Sync(id, generation, member.InstanceId, plan), reply =>
        {
            if ((ErrorCode)reply.ErrorCode != ErrorCode.None || reply.Assignment.Length == 0)
            {
                return;
            }

            // I-38: one assignment per member and generation, whoever asks and however often.
            string assignment = Encoding.UTF8.GetString(reply.Assignment);
            Assert.StartsWith($"{generation}/", assignment);
            if (!_assignments.TryGetValue(generation, out Dictionary<string, string>? known))
            {
                _assignments[generation] = known = [];
            }

            string owner = member.InstanceId ?? id;
            Assert.Equal(known.GetValueOrDefault(owner, assignment), assignment);
            known[owner] = assignment;
        });
    }

    private void Commit(Member member)
    {
        int claimed = _random.Next(4) == 0 ? member.Generation - 1 : member.Generation;
        int current = CurrentGeneration();
        int partition = _random.Next(3);
        long offset = ++_nextOffset;
        ClassicGroupState state = _group.State;
        bool isMember = Shard().Groups.Find("g")?.HasMember(member.Id) ?? false;
        Inbox<OffsetCommitResponse> commit = _group.CommitAsync(
            "orders", partition, offset, member.Id, claimed, member.InstanceId);
        Expect(commit, reply =>
        {
            ErrorCode error = (ErrorCode)reply.Topics[0].Partitions[0].ErrorCode;
            if (error == ErrorCode.None)
            {
                // I-40: only members, and only with the generation that was the current one when they asked.
                bool isOpenToAll = state is ClassicGroupState.Empty or ClassicGroupState.Dead && claimed < 0;
                Assert.True(isOpenToAll || (isMember && claimed == current), $"{state} {claimed} of {current}");
                _acknowledged[partition] = Math.Max(_acknowledged.GetValueOrDefault(partition, -1), offset);
            }
            else
            {
                if (!_uncertain.TryGetValue(partition, out List<long>? offsets))
                {
                    _uncertain[partition] = offsets = [];
                }

                offsets.Add(offset);
            }
        });
    }

    private void Heartbeat(Member member)
    {
        (int current, int claimed) = (CurrentGeneration(), member.Generation);
        Inbox<HeartbeatResponse> heartbeat = _world.Exchange<HeartbeatExchange, HeartbeatResponse>(
            new HeartbeatRequest
            {
                GroupId = "g",
                MemberId = member.Id,
                GenerationId = member.Generation,
                GroupInstanceId = member.InstanceId,
            },
            4);
        Expect(heartbeat, reply =>
        {
            if ((ErrorCode)reply.ErrorCode == ErrorCode.None)
            {
                Assert.Equal(current, claimed);
            }
        });
    }

    private void Leave(Member member)
    {
        Expect(_group.Leave((member.Id, member.InstanceId)), _ => { });
        _members.Remove(member);
    }

    private void End()
    {
        _world.Log.HoldsHighWatermark = false;
        _world.Log.AppendError = ErrorCode.None;
        Release();

        // Long enough for every session and rebalance to end: whatever was parked is answered (I-47).
        _world.Pass(TimeSpan.FromMinutes(11));
        _open.RemoveAll(isDone => isDone());
        Assert.Empty(_open);
        Assert.Equal(0, Shard().Groups.Find("g")?.Members.Count ?? 0);

        // I-40: an acknowledged offset survives the coordinator. A later one that failed may have been written.
        GroupWorld next = _world.FailOver();
        foreach ((int partition, long offset) in _acknowledged)
        {
            long found = next.Group("g").Fetch("orders", partition);
            Assert.True(
                found == offset || (found > offset && _uncertain.GetValueOrDefault(partition, []).Contains(found)),
                $"partition {partition}: acknowledged {offset}, found {found}");
        }

        if (_appendsFailed)
        {
            // The end of the last generation may not have been written: its members come back with the log, and time
            // out.
            return;
        }

        Assert.Equal(LoadTests.Picture(_world, "g"), LoadTests.Picture(next, "g"));
    }

    private int CurrentGeneration() => Shard().Groups.Find("g")?.Generation ?? 0;

    private GroupShard Shard() => _world.Shard(_group.Partition);

    private void Expect<T>(Inbox<T> inbox, Action<T> check)
        where T : class
    {
        _open.Add(() =>
        {
            if (!inbox.HasReply)
            {
                return false;
            }

            check(inbox.Reply);
            return true;
        });
        _open.RemoveAll(isDone => isDone());
    }

    private sealed class Member
    {
        public string Id { get; set; } = "";

        public string? InstanceId { get; init; }

        public int Generation { get; set; }

        public List<string>? LeadsWith { get; set; }
    }
}
