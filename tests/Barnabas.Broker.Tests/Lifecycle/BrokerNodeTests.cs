using Barnabas.Configuration;
using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Simulation;
using Barnabas.Storage;

namespace Barnabas.Broker.Tests;

public sealed class BrokerNodeTests
{
    private const string Directory = "/data";

    private readonly SimulatedWorld _world = new(1);
    private readonly SimulatedNode _machine;
    private readonly List<string> _events = [];
    private readonly SortedSet<int> _active = [];
    private bool _isReady;
    private bool _isClosed;
    private string? _failure;

    public BrokerNodeTests() => _machine = _world.AddNode("a");

    [Fact]
    public void A_node_that_is_closed_while_it_starts_never_opens_its_doors()
    {
        NodeSeams seams = Format();
        BrokerNode node = Open(seams);
        node.Close(() => _isClosed = true);

        Assert.True(_world.RunUntil(() => _isClosed, TimeSpan.FromSeconds(30)));
        _world.RunFor(TimeSpan.FromSeconds(30));

        Assert.Empty(node.Endpoints);
        Assert.False(_isReady);
        Assert.Null(_failure);
    }

    [Fact]
    public void A_node_closes_once_however_often_it_is_told_to()
    {
        NodeSeams seams = Format();
        BrokerNode node = Open(seams);
        Assert.True(_world.RunUntil(() => _isReady, TimeSpan.FromSeconds(30)), _failure);
        int closings = 0;
        node.Close(() => closings++);
        node.Close(() => closings++);
        _world.RunFor(TimeSpan.FromSeconds(30));

        Assert.Equal(1, closings);
        Assert.True(seams.Disk.FileExists($"{Directory}/.kafka_cleanshutdown"));
    }

    [Fact]
    public void A_node_whose_metadata_cannot_be_written_leaves_without_the_consent_of_the_controller()
    {
        BrokerNode node = Open(Format());
        Assert.True(_world.RunUntil(() => _isReady, TimeSpan.FromSeconds(30)), _failure);
        _machine.Disk.CapacityBytes = 0;
        // What the log had reserved is used up by then, by the records of an idle cluster.
        Assert.True(_world.RunUntil(() => _events.Contains("metadata log full"), TimeSpan.FromHours(1)));

        MonotonicTime began = _world.Now;
        node.Close(() => _isClosed = true);
        Assert.True(_world.RunUntil(() => _isClosed, TimeSpan.FromSeconds(30)));
        Assert.InRange(_world.Now - began, BrokerNode.LeavePatience, BrokerNode.LeavePatience * 1.5);
        Assert.Null(_failure);
    }

    [Fact]
    public void Files_of_no_partition_in_the_metadata_are_set_aside_and_told_of()
    {
        NodeSeams seams = Format();
        seams.Disk.CreateDirectory($"{Directory}/gone-3");
        Open(seams);
        Assert.True(_world.RunUntil(() => _isReady, TimeSpan.FromSeconds(30)), _failure);

        string[] names = [.. seams.Disk.List(Directory)];

        Assert.DoesNotContain("gone-3", names);
        string aside = Assert.Single(names, static name => name.EndsWith("-stray", StringComparison.Ordinal));
        Assert.StartsWith("gone-3.", aside, StringComparison.Ordinal);
        Assert.Contains("__cluster_metadata-0", names);
        Assert.Contains(aside, Assert.Single(_events), StringComparison.Ordinal);
    }

    /// <summary>Where a group's offsets lie depends on the number of partitions its topic really has.</summary>
    [Fact]
    public void The_offsets_topic_decides_how_many_partitions_are_coordinated_not_the_configuration()
    {
        NodeSeams seams = Format();
        QuorumNode former = QuorumNode.Start(_world, seams, Directory);
        Assert.Equal(0, former.CreateTopic(InternalTopics.ConsumerOffsets, 3).ErrorCode);
        former.Shutdown();

        BrokerNode node = Open(seams, "offsets.topic.num.partitions=2");
        Assert.True(_world.RunUntil(() => _active.Count == 3, TimeSpan.FromSeconds(30)), _failure);

        Assert.Equal(3, node.Groups!.PartitionCount);
        Assert.Equal([0, 1, 2], _active);
    }

    private NodeSeams Format()
    {
        NodeSeams seams = _machine.Start();
        new StorageFormatter(seams.Disk, seams.Entropy, seams.Time).Format(QuorumNode.Format(Directory));
        return seams;
    }

    private BrokerNode Open(NodeSeams seams, string moreProperties = "")
    {
        string text = $"""
            process.roles=broker,controller
            node.id={QuorumNode.NodeId}
            controller.quorum.voters={QuorumNode.NodeId}@{_machine.Address}:9093
            controller.listener.names=CONTROLLER
            listeners=PLAINTEXT://{_machine.Address}:9092,CONTROLLER://{_machine.Address}:9093
            log.dirs={Directory}
            {moreProperties}
            """;
        NodeConfigurationResult parsed = NodeConfiguration.Parse(PropertiesFile.Parse(text));
        Assert.Empty(parsed.Problems);
        BrokerNode node = new(parsed.Configuration!, seams, new CompressionCodecs(), new EventList(_events, _active));
        node.Open(() => _isReady = true, reason => _failure = reason);
        return node;
    }

    private sealed class EventList(List<string> offline, SortedSet<int> active) : IBrokerEvents
    {
        public void PartitionOffline(TopicPartition partition, string reason) => offline.Add($"{partition}: {reason}");

        public void DirectoryOffline(string path, string reason) => offline.Add($"{path}: {reason}");

        public void RecordsDamaged(TopicPartition partition, string what)
        {
        }

        public void TransactionOpen(TopicPartition partition, OpenTransaction first)
        {
        }

        public void MetadataLogFull(string reason) => offline.Add("metadata log full");

        public void MetadataLogHasRoom()
        {
        }

        public void TopicCreationFailed(string topic, ErrorCode error, string? message)
        {
        }

        public void InternalTopicOutOfReach(string topic, string key, int replicas, int brokers)
        {
        }

        public void PartitionMoved(
            int partition,
            LeaderEpoch epoch,
            CoordinatorPartitionState from,
            CoordinatorPartitionState to,
            string why)
        {
            if (to == CoordinatorPartitionState.Active)
            {
                active.Add(partition);
            }
        }

        public void GroupMoved(
            string groupId, int generation, ClassicGroupState from, ClassicGroupState to, string why)
        {
        }
    }
}
