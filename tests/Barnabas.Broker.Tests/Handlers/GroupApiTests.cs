using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>The life of a group on a whole node, request by request.</summary>
public sealed class GroupApiTests : OneNodeTests
{
    public GroupApiTests()
    {
        Node.CreateTopic("t");
        Node.FindCoordinator("g");
    }

    [Fact]
    public void A_member_joins_commits_and_leaves_and_the_group_is_deleted()
    {
        (string member, int generation) = Join();
        SyncGroupRequest sync = new() { GroupId = "g", MemberId = member, GenerationId = generation };
        sync.Assignments.Add(new() { MemberId = member, Assignment = [1, 2] });
        Assert.Equal([1, 2], Connection.Ask<SyncGroupResponse>(sync, 3).Assignment);
        Assert.Equal([(0, ErrorCode.None), (9, ErrorCode.UnknownTopicOrPartition)], Commit(member, generation));
        Assert.Equal(5, Committed());

        Assert.Equal("Stable", Describe().GroupState);
        ListGroupsResponse listed = Connection.Ask<ListGroupsResponse>(new ListGroupsRequest(), 4);
        Assert.Equal("g", Assert.Single(listed.Groups).GroupId);
        Assert.Equal(ErrorCode.NonEmptyGroup, Delete());

        LeaveGroupRequest leave = new() { GroupId = "g" };
        leave.Members.Add(new() { MemberId = member });
        Assert.Equal(0, Assert.Single(Connection.Ask<LeaveGroupResponse>(leave, 5).Members).ErrorCode);
        Assert.Equal("Empty", Describe().GroupState);
        Assert.Equal([(0, ErrorCode.None), (9, ErrorCode.UnknownTopicOrPartition)], DeleteOffsets());
        Assert.Equal(-1, Committed());
        Assert.Equal(ErrorCode.None, Delete());
        DescribeGroupsResponse.DescribedGroup gone = Describe();
        Assert.Equal((ErrorCode.GroupIdNotFound, int.MinValue), ((ErrorCode)gone.ErrorCode, gone.AuthorizedOperations));
    }

    private (string Member, int Generation) Join()
    {
        JoinGroupRequest join = new()
        {
            GroupId = "g",
            SessionTimeoutMs = 30_000,
            RebalanceTimeoutMs = 10_000,
            ProtocolType = "consumer",
            Protocols = [new() { Name = "range", Metadata = [] }],
        };
        join.MemberId = Connection.Ask<JoinGroupResponse>(join, 5).MemberId;
        JoinGroupResponse joined = Connection.Ask<JoinGroupResponse>(join, 5);
        Assert.Equal(ErrorCode.None, (ErrorCode)joined.ErrorCode);
        return (joined.MemberId, joined.GenerationId);
    }

    private IEnumerable<(int Partition, ErrorCode Error)> Commit(string member, int generation)
    {
        OffsetCommitRequest commit = new()
        {
            GroupId = "g",
            MemberId = member,
            GenerationIdOrMemberEpoch = generation,
            Topics = [new() { Name = "t" }],
        };
        foreach (int partition in (int[])[0, 9])
        {
            commit.Topics[0].Partitions.Add(new() { PartitionIndex = partition, CommittedOffset = 5 });
        }

        return Connection.Ask<OffsetCommitResponse>(commit, 8).Topics[0].Partitions
            .Select(static answer => (answer.PartitionIndex, (ErrorCode)answer.ErrorCode));
    }

    private long Committed()
    {
        OffsetFetchRequest fetch = new() { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [0] }] };
        return Connection.Ask<OffsetFetchResponse>(fetch, 7).Topics[0].Partitions[0].CommittedOffset;
    }

    private IEnumerable<(int Partition, ErrorCode Error)> DeleteOffsets()
    {
        OffsetDeleteRequest delete = new() { GroupId = "g" };
        delete.Topics.Add(new()
        {
            Name = "t",
            Partitions = [new() { PartitionIndex = 0 }, new() { PartitionIndex = 9 }],
        });
        return Connection.Ask<OffsetDeleteResponse>(delete, 0).Topics[0].Partitions
            .Select(static answer => (answer.PartitionIndex, (ErrorCode)answer.ErrorCode));
    }

    private DescribeGroupsResponse.DescribedGroup Describe() => Assert.Single(Connection.Ask<DescribeGroupsResponse>(
        new DescribeGroupsRequest { Groups = ["g"], IncludeAuthorizedOperations = true }, 6).Groups);

    private ErrorCode Delete() => (ErrorCode)Assert.Single(Connection.Ask<DeleteGroupsResponse>(
        new DeleteGroupsRequest { GroupsNames = ["g"] }, 2).Results).ErrorCode;
}
