using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// A member of no group: asks what groups have committed, commits for members that are no more or never were, and
/// shares a group without members (the shelf) with others of its kind: simple consumers and administrators that delete
/// it. Does not wait for answers before it goes on.
/// </summary>
internal sealed class GroupStranger(NodeStory story, int number) : Actor(story, $"stranger-{number}")
{
    private const int UnansweredMax = 4;

    private GroupLedger Shelf => Story.Groups[^1];

    protected override void Begin() => Later(0, 300, FindCoordinator);

    private void FindCoordinator()
    {
        FindCoordinatorRequest request = new() { CoordinatorKeys = [Shelf.Name] };
        Client.Send<FindCoordinatorResponse>(request, 4, answer =>
        {
            bool found = answer?.Coordinators is [{ ErrorCode: 0 }];
            Later(5, 100, found ? Act : FindCoordinator);
        });
    }

    private void Act()
    {
        Later(5, 150, Act);
        if (Client.Unanswered > UnansweredMax)
        {
            return;
        }

        GroupLedger group = Story.Groups[Random.Next(Story.Groups.Count)];
        switch (Random.Next(8))
        {
            case < 3:
                Fetch(group);
                break;
            case 3 when group == Shelf && Random.OneIn(2):
                Delete();
                break;
            case < 6 when group != Shelf:
                CommitAsAnother(group);
                break;
            default:
                CommitAsNobody(group);
                break;
        }

        if (Random.OneIn(40))
        {
            Client.Disconnect();
        }
    }

    private void CommitAsAnother(GroupLedger group)
    {
        GroupClaim claim = (Random.OneIn(3) ? null : group.StaleClaim(Random))
            ?? GroupClaim.OfNobody(group.Newest, Reactor.Now);
        // Not noted as sent: its value must never be seen.
        OffsetCommitRequest request = Commit(group, Story.NextCommit(), out _);
        request.GenerationIdOrMemberEpoch = claim.Generation;
        request.MemberId = claim.MemberId;
        request.GroupInstanceId = claim.InstanceId;
        Client.Send<OffsetCommitResponse>(request, (short)Random.Between(7, 9), answer =>
        {
            if (answer?.Topics[0].Partitions[0] is { ErrorCode: 0 })
            {
                group.OnAccepted(claim, "committed");
            }
        });
    }

    private void CommitAsNobody(GroupLedger group)
    {
        long offset = Story.NextCommit();
        MonotonicTime sentAt = Reactor.Now;
        short version = (short)Random.Between(2, 9);
        OffsetCommitRequest request = Commit(group, offset, out (string Topic, int Partition) key);
        TimeSpan? retention = null;
        if (Story.Plan.OffsetsExpire && version <= 4 && Random.OneIn(2))
        {
            request.RetentionTimeMs = Random.Between(1, 2000);
            // The coordinator counts whole milliseconds, of a clock that may jump.
            retention = TimeSpan.FromMilliseconds(Story.Plan.ClockJumps ? 0 : request.RetentionTimeMs - 1);
        }

        OffsetLedger.Commit commit = group.Offsets.OnCommitting(key, offset, $"{offset}", retention);
        Client.Send<OffsetCommitResponse>(request, version, answer =>
        {
            ErrorCode? error = (ErrorCode?)answer?.Topics[0].Partitions[0].ErrorCode;
            if (error == ErrorCode.None)
            {
                group.OnAcceptedOfNobody(sentAt);
            }

            group.Offsets.OnAnswered(key, commit, error);
        });
    }

    private OffsetCommitRequest Commit(GroupLedger group, long offset, out (string Topic, int Partition) key)
    {
        TopicLedger topic = Story.Topics[Random.Next(Story.Topics.Count)];
        key = (topic.Name, Random.Next(topic.Partitions.Count));
        return new()
        {
            GroupId = group.Name,
            Topics = [new() { Name = key.Topic, Partitions = [new()
            {
                PartitionIndex = key.Partition,
                CommittedOffset = offset,
                CommittedMetadata = $"{offset}",
            }] }],
        };
    }

    private void Delete()
    {
        OffsetLedger.Deletion deletion = Shelf.Offsets.OnDeleting();
        DeleteGroupsRequest request = new() { GroupsNames = [Shelf.Name] };
        Client.Send<DeleteGroupsResponse>(
            request,
            (short)Random.Next(4),
            answer => Shelf.Offsets.OnDeleted(deletion, (ErrorCode?)answer?.Results[0].ErrorCode));
    }

    private void Fetch(GroupLedger group)
    {
        MonotonicTime sentAt = Reactor.Now;
        (string Topic, int Partition)[] keys = [.. group.Offsets.Keys];
        OffsetFetchRequest.OffsetFetchRequestGroup asked = new() { GroupId = group.Name, Topics = null };
        if (Random.OneIn(2))
        {
            asked.Topics = [];
            foreach ((string topic, int partition) in keys)
            {
                asked.Topics.Add(new() { Name = topic, PartitionIndexes = [partition] });
            }
        }

        OffsetFetchRequest request = new() { Groups = [asked], RequireStable = Random.OneIn(2) };
        Client.Send<OffsetFetchResponse>(request, (short)Random.Between(8, 9), answer =>
        {
            if (answer?.Groups[0] is not { ErrorCode: 0 } found)
            {
                return;
            }

            foreach ((string Topic, int Partition) key in keys)
            {
                OffsetFetchResponse.OffsetFetchResponsePartitions? at = found.Topics
                    .Where(topic => topic.Name == key.Topic).SelectMany(static topic => topic.Partitions)
                    .FirstOrDefault(partition => partition.PartitionIndex == key.Partition);
                group.Offsets.OnFetched(key, at?.CommittedOffset ?? OffsetLedger.None, at?.Metadata, sentAt);
            }
        });
    }
}
