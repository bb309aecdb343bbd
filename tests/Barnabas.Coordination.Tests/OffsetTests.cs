using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination.Tests;

public sealed class OffsetTests
{
    private readonly GroupWorld _world = new();

    [Fact]
    public void Anybody_may_commit_for_a_group_without_members()
    {
        TestGroup group = _world.Group("simple");
        Assert.Equal(-1, group.Fetch("orders", 0));
        Assert.Equal(ErrorCode.None, group.Commit("orders", 0, 42));
        Assert.Equal(42, group.Fetch("orders", 0));
        Assert.Equal(-1, group.Fetch("orders", 1));
        Assert.Equal(ClassicGroupState.Empty, group.State);
        Assert.Equal(1, _world.Coordinator.Counters.Offsets);
        Assert.Equal(1, _world.Coordinator.Counters.Groups(ClassicGroupState.Empty));
    }

    [Fact]
    public void I40_only_current_members_with_the_current_generation_commit_for_a_group_with_members()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(2);
        Assert.Equal(ErrorCode.UnknownMemberId, group.Commit("orders", 0, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, group.Commit("orders", 0, 1, "stranger", generation));
        Assert.Equal(ErrorCode.IllegalGeneration, group.Commit("orders", 0, 1, members[0], generation - 1));
        Assert.Equal(ErrorCode.IllegalGeneration, group.Commit("orders", 0, 1, members[0], generation + 1));
        Assert.Equal(ErrorCode.IllegalGeneration, group.Commit("orders", 0, 1, members[0], -1));
        Assert.Equal(-1, group.Fetch("orders", 0));
        Assert.Equal(ErrorCode.None, group.Commit("orders", 0, 1, members[0], generation));

        // While members are asked to join again they may still commit what they have done.
        group.Join(members[0]);
        Assert.Equal(ErrorCode.None, group.Commit("orders", 0, 2, members[1], generation));
        group.Join(members[1]);
        Assert.Equal(ErrorCode.RebalanceInProgress, group.Commit("orders", 0, 3, members[1], generation + 1));
        Assert.Equal(2, group.Fetch("orders", 0));
    }

    [Fact]
    public void A_generation_for_a_group_that_does_not_exist_is_refused()
    {
        Assert.Equal(ErrorCode.GroupIdNotFound, _world.Group("none").Commit("orders", 0, 1, "m", 1, version: 9));
        Assert.Equal(ErrorCode.IllegalGeneration, _world.Group("none").Commit("orders", 0, 1, "m", 1, version: 8));
    }

    [Fact]
    public void Committing_keeps_the_session()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(1);
        for (int i = 0; i < 5; i++)
        {
            _world.Pass(TimeSpan.FromSeconds(9));
            Assert.Equal(ErrorCode.None, group.Commit("orders", 0, i, members[0], generation));
        }
    }

    [Fact]
    public void Metadata_is_limited_per_partition()
    {
        TestGroup group = _world.Group("g");
        string limit = new('m', 4_096);
        Assert.Equal(ErrorCode.None, TestGroup.Error(group.CommitAsync("orders", 0, 1, metadata: limit)));
        Inbox<OffsetCommitResponse> above = group.CommitAsync("orders", 0, 2, metadata: limit + "m");
        Assert.Equal(ErrorCode.OffsetMetadataTooLarge, TestGroup.Error(above));
        Assert.Equal(ErrorCode.None, TestGroup.Error(group.CommitAsync("orders", 1, 1, metadata: null)));
        Assert.Equal(1, group.Fetch("orders", 0));
    }

    [Fact]
    public void Topics_that_do_not_exist_are_refused_one_by_one()
    {
        TestGroup group = _world.Group("g");
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, group.Commit("nowhere", 0, 1));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, group.Commit("orders", 12, 1));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, group.Commit("orders", -1, 1));
        Assert.Equal(ErrorCode.UnknownTopicId, group.Commit("nowhere", 0, 1, version: 10));
        Assert.Equal(ErrorCode.None, group.Commit("orders", 3, 7, version: 10));
        Assert.Equal(7, group.Fetch("orders", 3));

        OffsetFetchResponse.OffsetFetchResponseTopics topic =
            Assert.Single(group.FetchAsync("orders", 3, version: 10).Reply.Groups[0].Topics);
        Assert.Equal(TestTopics.Orders, topic.TopicId);
        Assert.Equal(7, topic.Partitions[0].CommittedOffset);
        OffsetFetchResponse.OffsetFetchResponseTopics unknown =
            Assert.Single(group.FetchAsync("nowhere", 3, version: 10).Reply.Groups[0].Topics);
        Assert.Equal(ErrorCode.UnknownTopicId, (ErrorCode)unknown.Partitions[0].ErrorCode);
    }

    [Fact]
    public void An_offset_of_a_deleted_topic_is_not_that_of_its_successor()
    {
        TestGroup group = _world.Group("g");
        group.Commit("orders", 0, 7);
        _world.Topics.Ids["orders"] = new Uuid(9, 9);
        OffsetFetchResponse reply = group.FetchAsync("orders", 0, version: 10).Reply;
        Assert.Equal(-1, reply.Groups[0].Topics[0].Partitions[0].CommittedOffset);
    }

    [Fact]
    public void Deleting_a_topic_drops_its_offsets()
    {
        TestGroup group = _world.Group("g");
        group.Commit("orders", 0, 7);
        group.Commit("payments", 0, 8);
        _world.Coordinator.OnTopicsDeleted(
            [new DeletedTopic("orders", new Uuid(5, 5)), new DeletedTopic("payments", TestTopics.Payments)]);
        _world.Run();
        Assert.Equal(7, group.Fetch("orders", 0));
        Assert.Equal(-1, group.Fetch("payments", 0));
        Assert.Equal(-1, _world.FailOver().Group("g").Fetch("payments", 0));
    }

    [Fact]
    public void All_offsets_of_a_group_are_listed_in_order()
    {
        TestGroup group = _world.Group("g");
        group.Commit("payments", 2, 1);
        group.Commit("orders", 11, 2);
        group.Commit("orders", 3, 3);
        OffsetFetchResponse.OffsetFetchResponseGroup all = group.FetchAsync(null, 0).Reply.Groups[0];
        Assert.Equal(
            ["orders-3=3", "orders-11=2", "payments-2=1"],
            all.Topics.SelectMany(topic => topic.Partitions.Select(
                partition => $"{topic.Name}-{partition.PartitionIndex}={partition.CommittedOffset}")));
    }

    [Fact]
    public void Version_10_lists_all_offsets_by_topic_id_and_leaves_out_topics_that_are_gone()
    {
        TestGroup group = _world.Group("g");
        group.Commit("payments", 2, 1);
        group.Commit("orders", 3, 3);
        _world.Topics.Ids.Remove("payments");
        OffsetFetchResponse.OffsetFetchResponseGroup all = group.FetchAsync(null, 0, version: 10).Reply.Groups[0];
        Assert.Equal(TestTopics.Orders, Assert.Single(all.Topics).TopicId);
        Assert.Equal(3, Assert.Single(all.Topics[0].Partitions).CommittedOffset);
    }

    [Theory]
    [InlineData((short)1)]
    [InlineData((short)7)]
    public void Up_to_version_7_the_reply_holds_one_group(short version)
    {
        TestGroup group = _world.Group("g");
        group.Commit("orders", 0, 7);
        var request = new OffsetFetchRequest
        {
            GroupId = "g",
            Topics = [new OffsetFetchRequest.OffsetFetchRequestTopic { Name = "orders", PartitionIndexes = [0, 1] }],
        };
        OffsetFetchResponse reply = Fetch(request, version);
        Assert.Empty(reply.Groups);
        Assert.Equal([7, -1], Assert.Single(reply.Topics).Partitions.Select(partition => partition.CommittedOffset));

        _world.Coordinator.OnLeadershipLost(group.Partition, new LeaderEpoch(2));
        _world.Run();
        request.Groups = [];
        reply = Fetch(request, version);
        ErrorCode error = (ErrorCode)(version == 1 ? reply.Topics[0].Partitions[0].ErrorCode : reply.ErrorCode);
        Assert.Equal(ErrorCode.NotCoordinator, error);
    }

    [Fact]
    public void Readers_see_what_is_committed_and_those_who_require_it_wait_for_what_is_written()
    {
        TestGroup group = _world.Group("g");
        group.Commit("orders", 0, 1);
        _world.Log.HoldsHighWatermark = true;
        Inbox<OffsetCommitResponse> commit = group.CommitAsync("orders", 0, 2);
        Assert.False(commit.HasReply);
        Assert.Equal(1, group.Fetch("orders", 0));
        Inbox<OffsetFetchResponse> stable = group.FetchAsync("orders", 0, requireStable: true);
        Assert.False(stable.HasReply);

        _world.Commit(group.Partition);

        Assert.Equal(ErrorCode.None, TestGroup.Error(commit));
        Assert.Equal(2, stable.Reply.Groups[0].Topics[0].Partitions[0].CommittedOffset);
        Assert.Equal(2, group.Fetch("orders", 0));
    }

    [Theory]
    [InlineData(ErrorCode.NotEnoughReplicas, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.NotLeaderOrFollower, ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.KafkaStorageError, ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.MessageTooLarge, ErrorCode.UnknownServerError)]
    public void A_failed_append_changes_nothing_and_is_told_in_a_coordinators_words(ErrorCode log, ErrorCode told)
    {
        TestGroup group = _world.Group("g");
        group.Commit("orders", 0, 1);
        _world.Log.AppendError = log;
        Assert.Equal(told, group.Commit("orders", 0, 2));
        _world.Log.AppendError = ErrorCode.None;
        Assert.Equal(1, group.Fetch("orders", 0));
        Assert.Equal(ErrorCode.None, group.Commit("orders", 0, 3));
    }

    [Fact]
    public void A_batch_above_the_limit_of_the_topic_is_refused()
    {
        _world.Log.BatchBytesMax = 200;
        TestGroup group = _world.Group("g");
        Inbox<OffsetCommitResponse> large = group.CommitAsync("orders", 0, 1, metadata: new string('m', 300));
        Assert.Equal(ErrorCode.UnknownServerError, TestGroup.Error(large));
        Assert.Equal(ErrorCode.None, group.Commit("orders", 0, 1));
    }

    [Fact]
    public void What_is_not_replicated_in_time_is_told_so()
    {
        TestGroup group = _world.Group("g");
        _world.Log.HoldsHighWatermark = true;
        Inbox<OffsetCommitResponse> commit = group.CommitAsync("orders", 0, 2);
        _world.Pass(TimeSpan.FromSeconds(4.9));
        Assert.False(commit.HasReply);
        _world.Pass(TimeSpan.FromSeconds(0.2));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, TestGroup.Error(commit));
    }

    [Fact]
    public void Offsets_are_deleted_unless_a_live_member_subscribes_to_the_topic()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(1);
        group.Commit("orders", 0, 1, members[0], generation);
        group.Commit("payments", 0, 2, members[0], generation);
        var request = new OffsetDeleteRequest { GroupId = "g" };
        foreach (string topic in (string[])["orders", "payments", "nowhere"])
        {
            request.Topics.Add(new OffsetDeleteRequest.OffsetDeleteRequestTopic
            {
                Name = topic,
                Partitions = [new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = 0 }],
            });
        }

        OffsetDeleteResponse reply = _world.Ask<OffsetDeleteRequest, OffsetDeleteResponse>(
            (r, c, to) => _world.Coordinator.DeleteOffsets(r, c, to), request, 0).Reply;
        Assert.Equal(
            [ErrorCode.GroupSubscribedToTopic, ErrorCode.None, ErrorCode.UnknownTopicOrPartition],
            reply.Topics.Select(topic => (ErrorCode)topic.Partitions[0].ErrorCode));
        Assert.Equal(1, group.Fetch("orders", 0));
        Assert.Equal(-1, group.Fetch("payments", 0));
    }

    private OffsetFetchResponse Fetch(OffsetFetchRequest request, short version) =>
        _world.Ask<OffsetFetchRequest, OffsetFetchResponse>(
            (r, c, to) => _world.Coordinator.FetchOffsets(r, c, to), request, version).Reply;
}
