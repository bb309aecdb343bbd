using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata.Tests;

public sealed class TopicCommandTests
{
    private readonly ControllerContext _context = new();

    public TopicCommandTests()
    {
        _context.AddBroker(1);
    }

    [Fact]
    public void A_created_topic_has_its_partitions_led_by_the_only_broker()
    {
        CreateTopicsResponse.CreatableTopicResult result = _context.CreateTopic("a", partitions: 3);

        Assert.Equal(ErrorCode.None, (ErrorCode)result.ErrorCode);
        Assert.Equal(3, result.NumPartitions);
        Assert.True(_context.Image.Topics.TryGet(result.TopicId, out TopicImage? topic));
        Assert.Equal("a", topic.Name);
        Assert.Equal(3, topic.PartitionCount);
        PartitionImage partition = _context.Partition("a", 2);
        Assert.Equal(new BrokerId(1), partition.Leader);
        Assert.Equal([new BrokerId(1)], partition.Isr.AsSpan());
        Assert.Equal(ControllerContext.DirectoryOf(1, 0), partition.Directories[0]);
    }

    [Fact]
    public void Minus_one_means_the_node_s_default()
    {
        Assert.Equal(1, _context.CreateTopic("a", partitions: -1, replicationFactor: -1).NumPartitions);
    }

    // M27
    [Theory]
    [InlineData(0, 1, ErrorCode.InvalidPartitions)]
    [InlineData(-5, 1, ErrorCode.InvalidPartitions)]
    [InlineData(1, 0, ErrorCode.InvalidReplicationFactor)]
    [InlineData(1, 9, ErrorCode.InvalidReplicationFactor)]
    [InlineData(1, -2, ErrorCode.InvalidReplicationFactor)]
    [InlineData(int.MaxValue, 1, ErrorCode.PolicyViolation)]
    [InlineData(10_001, 1, ErrorCode.PolicyViolation)]
    public void Impossible_counts_are_refused(int partitions, short replicationFactor, ErrorCode expected)
    {
        Assert.Equal((short)expected, _context.CreateTopic("a", partitions, replicationFactor).ErrorCode);
        Assert.Equal(0, _context.Image.Topics.Count);
    }

    // M13
    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("ä")]
    public void Illegal_names_are_refused(string name) =>
        Assert.Equal((short)ErrorCode.InvalidTopicException, _context.CreateTopic(name).ErrorCode);

    [Fact]
    public void A_name_may_have_249_characters_and_no_more()
    {
        Assert.Equal(0, _context.CreateTopic(new string('a', 249)).ErrorCode);
        Assert.Equal((short)ErrorCode.InvalidTopicException, _context.CreateTopic(new string('b', 250)).ErrorCode);
    }

    // M14
    [Fact]
    public void Names_that_differ_in_dot_and_underscore_alone_collide()
    {
        Assert.Equal(0, _context.CreateTopic("a.b").ErrorCode);
        Assert.Equal((short)ErrorCode.InvalidTopicException, _context.CreateTopic("a_b").ErrorCode);
    }

    [Fact]
    public void Names_that_collide_within_one_request_are_refused_as_well()
    {
        var request = new CreateTopicsRequest();
        request.Topics.Add(new() { Name = "a.b", NumPartitions = 1, ReplicationFactor = 1 });
        request.Topics.Add(new() { Name = "a_b", NumPartitions = 1, ReplicationFactor = 1 });

        CreateTopicsResponse response = _context.Run(new CreateTopicsCommand(request)).Response;

        Assert.Equal(
            [(short)ErrorCode.None, (short)ErrorCode.InvalidTopicException],
            response.Topics.Select(topic => topic.ErrorCode));
    }

    [Fact]
    public void Validating_only_answers_and_changes_nothing()
    {
        long before = _context.Core.NextOffset;

        Assert.Equal(0, _context.CreateTopic("a", validateOnly: true).ErrorCode);
        Assert.Equal(before, _context.Core.NextOffset);
    }

    [Fact]
    public void A_name_that_comes_twice_is_refused_and_answered_once()
    {
        var request = new CreateTopicsRequest();
        request.Topics.Add(new() { Name = "a", NumPartitions = 1, ReplicationFactor = 1 });
        request.Topics.Add(new() { Name = "a", NumPartitions = 2, ReplicationFactor = 1 });

        CreateTopicsResponse response = _context.Run(new CreateTopicsCommand(request)).Response;

        Assert.Equal((short)ErrorCode.InvalidRequest, Assert.Single(response.Topics).ErrorCode);
    }

    [Fact]
    public void An_existing_topic_and_the_metadata_topic_cannot_be_created()
    {
        _context.CreateTopic("a");

        Assert.Equal((short)ErrorCode.TopicAlreadyExists, _context.CreateTopic("a").ErrorCode);
        Assert.Equal((short)ErrorCode.InvalidRequest, _context.CreateTopic("__cluster_metadata").ErrorCode);
    }

    [Fact]
    public void Manual_assignments_must_name_registered_brokers_once_and_be_dense()
    {
        Assert.Equal(ErrorCode.None, CreateAssigned((0, [1]), (1, [1])));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, CreateAssigned((0, [1, 1])));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, CreateAssigned((0, [7])));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, CreateAssigned((0, [])));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, CreateAssigned((1, [1])));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, CreateAssigned((0, [1]), (0, [1])));
    }

    [Fact]
    public void A_bad_configuration_refuses_its_topic_alone()
    {
        var request = new CreateTopicsRequest();
        request.Topics.Add(new() { Name = "a", NumPartitions = 1, ReplicationFactor = 1 });
        request.Topics.Add(new() { Name = "b", NumPartitions = 1, ReplicationFactor = 1 });
        request.Topics[0].Configs.Add(new() { Name = "retention.ms", Value = "bad" });
        request.Topics[1].Configs.Add(new() { Name = "retention.ms", Value = "5" });

        CreateTopicsResponse response = _context.Run(new CreateTopicsCommand(request)).Response;

        Assert.Equal((short)ErrorCode.InvalidConfig, response.Topics[0].ErrorCode);
        Assert.Equal((short)ErrorCode.None, response.Topics[1].ErrorCode);
        Assert.Equal("5", _context.Image.ConfigsOf(ConfigResource.Topic("b"))["retention.ms"]);
        Assert.Equal(1, _context.Image.Topics.Count);
    }

    [Fact]
    public void A_deleted_topic_takes_its_configuration_along_and_its_name_is_free()
    {
        var request = new CreateTopicsRequest();
        request.Topics.Add(new() { Name = "a", NumPartitions = 1, ReplicationFactor = 1 });
        request.Topics[0].Configs.Add(new() { Name = "retention.ms", Value = "5" });
        Uuid id = _context.Run(new CreateTopicsCommand(request)).Response.Topics[0].TopicId;

        Assert.Equal(ErrorCode.None, Delete(null, id));
        Assert.False(_context.Image.Topics.TryGet(id, out _));
        Assert.Empty(_context.Image.ConfigsOf(ConfigResource.Topic("a")));
        Assert.NotEqual(id, _context.CreateTopic("a").TopicId);
    }

    [Fact]
    public void Deleting_what_is_not_there_tells_by_what_it_was_asked()
    {
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Delete("a", default));
        Assert.Equal(ErrorCode.UnknownTopicId, Delete(null, new Uuid(5, 5)));
        Assert.Equal(ErrorCode.InvalidRequest, Delete(null, default));
        Assert.Equal(ErrorCode.InvalidRequest, Delete("a", new Uuid(5, 5)));
    }

    [Fact]
    public void Partitions_can_be_added_and_not_taken_away()
    {
        _context.CreateTopic("a", partitions: 2);

        Assert.Equal(ErrorCode.InvalidPartitions, SetPartitions("a", 2));
        Assert.Equal(ErrorCode.InvalidPartitions, SetPartitions("a", 1));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, SetPartitions("b", 4));
        Assert.Equal(ErrorCode.None, SetPartitions("a", 4));
        Assert.Equal(new BrokerId(1), _context.Partition("a", 3).Leader);
    }

    [Fact]
    public void A_topic_is_found_by_the_bytes_of_its_name()
    {
        _context.CreateTopic("a");
        _context.CreateTopic("bb-1");

        Assert.True(_context.Image.Topics.TryGet("bb-1"u8, out TopicImage? topic));
        Assert.Equal("bb-1", topic.Name);
        Assert.False(_context.Image.Topics.TryGet("b"u8, out _));
        Assert.False(_context.Image.Topics.TryGet([0xC3, 0xA4], out _));
    }

    private ErrorCode CreateAssigned(params (int Partition, List<int> Brokers)[] assignments)
    {
        var request = new CreateTopicsRequest { ValidateOnly = true };
        var topic = new CreateTopicsRequest.CreatableTopic { Name = "m", NumPartitions = -1, ReplicationFactor = -1 };
        foreach ((int partition, List<int> brokers) in assignments)
        {
            topic.Assignments.Add(new() { PartitionIndex = partition, BrokerIds = brokers });
        }

        request.Topics.Add(topic);
        return (ErrorCode)_context.Run(new CreateTopicsCommand(request)).Response.Topics[0].ErrorCode;
    }

    private ErrorCode Delete(string? name, Uuid id)
    {
        var request = new DeleteTopicsRequest();
        request.Topics.Add(new() { Name = name, TopicId = id });
        return (ErrorCode)_context.Run(new DeleteTopicsCommand(request)).Response.Responses[0].ErrorCode;
    }

    private ErrorCode SetPartitions(string topic, int count)
    {
        var request = new CreatePartitionsRequest();
        request.Topics.Add(new() { Name = topic, Count = count, Assignments = null });
        return (ErrorCode)_context.Run(new CreatePartitionsCommand(request)).Response.Results[0].ErrorCode;
    }
}
