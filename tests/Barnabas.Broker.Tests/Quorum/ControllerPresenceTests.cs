using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;
using Barnabas.Simulation;

namespace Barnabas.Broker.Tests;

public sealed class ControllerPresenceTests
{
    private const string Directory = "/data";
    private const short FirstVersionWithRegistration = 15;

    private readonly SimulatedWorld _world = new(7);

    [Fact]
    public void A_controller_registers_and_again_when_it_was_removed()
    {
        QuorumNode node = Start(release: null);
        Uuid incarnation = Present(node);
        WaitFor(() => IncarnationIn(node.Image) == incarnation);

        long before = node.Image.Offset;
        UnregisterControllerResponse removed = node.Run(new UnregisterControllerCommand(
            new UnregisterControllerRequest { ControllerId = QuorumNode.NodeId })).Response;
        Assert.Equal(ErrorCode.None, (ErrorCode)removed.ErrorCode);
        Assert.True(node.Image.Offset > before);
        WaitFor(() => IncarnationIn(node.Image) == incarnation);
        Endpoint endpoint = Assert.Single(node.Image.Controllers[new BrokerId(QuorumNode.NodeId)].Endpoints);
        Assert.Equal(("CONTROLLER", "localhost", 19393), (endpoint.Name, endpoint.Host, endpoint.Port));
    }

    [Fact]
    public void It_waits_for_a_metadata_version_that_knows_registrations()
    {
        QuorumNode node = Start("3.6");
        Uuid incarnation = Present(node);
        _world.RunFor(TimeSpan.FromSeconds(5));
        Assert.Empty(node.Image.Controllers);

        UpdateFeaturesRequest upgrade = new();
        upgrade.FeatureUpdates.Add(new()
        {
            Feature = MetadataVersion.FeatureName,
            MaxVersionLevel = FirstVersionWithRegistration,
            UpgradeType = 1,
        });
        UpdateFeaturesResponse upgraded = node.Run(new UpdateFeaturesCommand(upgrade, kraftVersion: 0)).Response;

        Assert.Equal(ErrorCode.None, (ErrorCode)upgraded.ErrorCode);
        WaitFor(() => IncarnationIn(node.Image) == incarnation);
    }

    [Fact]
    public void The_leader_describes_the_quorum()
    {
        QuorumNode node = Start("4.3");
        Present(node);
        WaitFor(() => node.Image.Controllers.Count == 1);
        DescribeQuorumResponse? described = null;
        node.OnMailbox(() => described = QuorumDescription.Of(node.Quorum.Quorum, node.Image, version: 2, nowMs: 77));
        WaitFor(() => described is not null);

        DescribeQuorumResponse.PartitionData log = Assert.Single(Assert.Single(described!.Topics).Partitions);
        Assert.Equal(ErrorCode.None, (ErrorCode)log.ErrorCode);
        Assert.Equal(QuorumNode.NodeId, log.LeaderId);
        Assert.Equal(node.Quorum.Leader.Value, log.LeaderId);
        Assert.Equal(node.Image.Offset + 1, log.HighWatermark);
        DescribeQuorumResponse.ReplicaState voter = Assert.Single(log.CurrentVoters);
        Assert.Equal(
            (QuorumNode.NodeId, log.HighWatermark, 77),
            (voter.ReplicaId, voter.LogEndOffset, voter.LastFetchTimestamp));
        Assert.Empty(log.Observers);
        Assert.Equal(19393, Assert.Single(Assert.Single(described.Nodes).Listeners).Port);
    }

    [Theory]
    [InlineData("__cluster_metadata", 1)]
    [InlineData("other", 0)]
    public void Only_the_metadata_log_has_a_quorum(string topic, int partition)
    {
        DescribeQuorumRequest request = new();
        request.Topics.Add(new() { TopicName = topic, Partitions = [new() { PartitionIndex = partition }] });

        DescribeQuorumResponse? refusal = QuorumDescription.RefuseOthers(request);

        DescribeQuorumResponse.PartitionData refused = Assert.Single(Assert.Single(refusal!.Topics).Partitions);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (ErrorCode)refused.ErrorCode);
    }

    private static Uuid? IncarnationIn(MetadataImage image) =>
        image.Controllers.TryGetValue(new BrokerId(QuorumNode.NodeId), out ControllerRegistration? registered)
            ? registered.IncarnationId
            : null;

    private QuorumNode Start(string? release)
    {
        SimulatedNode machine = _world.AddNode("a");
        NodeSeams seams = machine.Start();
        new StorageFormatter(seams.Disk, seams.Entropy, seams.Time)
            .Format(QuorumNode.Format(Directory, release: release));
        return QuorumNode.Start(_world, seams, Directory);
    }

    private static Uuid Present(QuorumNode node)
    {
        var incarnation = new Uuid(1, node.Image.Offset + 1);
        ControllerRegistrationRequest registration = new()
        {
            ControllerId = QuorumNode.NodeId,
            IncarnationId = incarnation,
        };
        registration.Listeners.Add(new() { Name = "CONTROLLER", Host = "localhost", Port = 19393 });
        node.OnMailbox(() =>
        {
            var presence = new ControllerPresence(node.Quorum, node.Quorum.Mailbox, registration);
            node.Quorum.Subscribe(presence);
            presence.Look(node.Image);
        });
        return incarnation;
    }

    private void WaitFor(Func<bool> condition) =>
        Assert.True(_world.RunUntil(condition, TimeSpan.FromSeconds(10)));
}
