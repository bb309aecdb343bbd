using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>Topics that are made when they are first needed: what the operator hears when they cannot be.</summary>
public sealed class TopicAutoCreationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void What_cannot_be_made_is_told_at_the_start_and_once_when_it_fails()
    {
        using TestNode node = TestNode.Start(
            """
            auto.create.topics.enable=true
            offsets.topic.replication.factor=3
            default.replication.factor=2
            """);
        Assert.Equal(["__consumer_offsets: offsets.topic.replication.factor is 3 of 1"], node.Events.Creations);
        using RawConnection connection = node.Connect();
        AskForGroup(connection);
        WaitFor(node, 2);
        AskForTopic(connection, "a");
        WaitFor(node, 3);
        // What fails again in the same way is not told: nothing of it stands before the topic that fails last.
        AskForGroup(connection);
        AskForTopic(connection, "a");
        AskForTopic(connection, "b");
        WaitFor(node, 4);
        Assert.Equal(
            ["__consumer_offsets: InvalidReplicationFactor", "a: InvalidReplicationFactor",
                "b: InvalidReplicationFactor"],
            node.Events.Creations.Skip(1).Select(static told => told[..told.IndexOf(',', StringComparison.Ordinal)]));
        Assert.All(
            node.Events.Creations.Skip(1),
            static told => Assert.Contains("Unable to replicate the partition", told, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_told_where_all_can_be_made()
    {
        using TestNode node = TestNode.Start("auto.create.topics.enable=true");
        node.FindCoordinator("g");
        Assert.Empty(node.Events.Creations);
    }

    private static void AskForGroup(RawConnection connection)
    {
        FindCoordinatorRequest request = new() { Key = "g" };
        FindCoordinatorResponse response = connection.Ask<FindCoordinatorResponse>(request, 2);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (ErrorCode)response.ErrorCode);
    }

    private static void AskForTopic(RawConnection connection, string name)
    {
        MetadataRequest request = new() { Topics = [new() { Name = name }], AllowAutoTopicCreation = true };
        MetadataResponse response = connection.Ask<MetadataResponse>(request, 9);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (ErrorCode)response.Topics[0].ErrorCode);
    }

    private static void WaitFor(TestNode node, int count) => Assert.True(
        SpinWait.SpinUntil(() => node.Events.Creations.Count >= count, Patience),
        string.Join('\n', node.Events.Creations));
}
