using System.Text.Json;
using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Storage;

namespace Barnabas.Simulation.Tests;

public sealed class BrokerNodeTests
{
    [Fact]
    public void A_whole_node_serves_a_client_in_a_simulated_world_and_closes_in_order()
    {
        SimulatedWorld world = new(1);
        SimulatedBroker broker = new(world);
        broker.Start();
        Assert.True(world.RunUntil(() => broker.IsReady || broker.Failure is not null, TimeSpan.FromSeconds(30)));
        Assert.Null(broker.Failure);

        Findings findings = new(world);
        NodeSeams seams = world.AddNode("client").Start();
        IReactor reactor = seams.Network.Reactors[0];
        SimulatedClient client = new(reactor, broker.Address, "client", findings);
        ApiVersionsResponse? versions = null;
        ApiVersionsRequest request = new() { ClientSoftwareName = "test", ClientSoftwareVersion = "1" };
        reactor.Post(new Turn(() => client.Send<ApiVersionsResponse>(request, 3, answer => versions = answer)));
        world.RunFor(TimeSpan.FromSeconds(2));
        Assert.NotNull(versions);
        Assert.True(broker.Close(TimeSpan.FromSeconds(30)));
        Assert.Empty(findings.All);
    }

    [Fact]
    public void A_node_that_cannot_open_leaves_its_directories_as_sound_as_it_found_them()
    {
        SimulatedWorld world = new(1);
        SimulatedBroker broker = new(world, directories: 2);
        broker.Start();
        Assert.True(world.RunUntil(() => broker.IsReady, TimeSpan.FromSeconds(30)));
        Assert.True(broker.Close(TimeSpan.FromSeconds(30)));
        string[] epochs = EpochsInMarkers(broker);
        Assert.DoesNotContain("-1", epochs);

        // The last thing that can go wrong: all logs are open.
        broker.Start(seams => seams.Network.Listen(broker.Address, new StreamingAcceptor(0)));
        Assert.True(world.RunUntil(() => broker.Failure is not null, TimeSpan.FromSeconds(30)));
        Assert.Contains("in use", broker.Failure, StringComparison.Ordinal);
        Assert.True(broker.Close(TimeSpan.FromSeconds(30)));
        Assert.Equal(epochs, EpochsInMarkers(broker));

        // And the first one, once a directory was taken.
        SimulatedDisk disk = broker.Node.Disk;
        Assert.Throws<LogDirectoryException>(() => broker.Start(_ =>
            disk.FailNext(SimulatedDiskCall.Names, below: SimulatedBroker.FirstDirectory)));
        Assert.True(broker.Close(TimeSpan.FromSeconds(30)));
        Assert.Equal(epochs, EpochsInMarkers(broker));

        broker.Start();
        Assert.True(world.RunUntil(() => broker.IsReady, TimeSpan.FromSeconds(30)));
    }

    /// <summary>
    /// Seed 21101 of failing directories: one failed while a topic was deleted, whose name then went to a new one.
    /// </summary>
    [Fact]
    public void Files_of_a_former_topic_in_another_directory_do_not_take_the_place_of_a_partition()
    {
        SimulatedWorld world = new(1);
        SimulatedBroker broker = new(world, directories: 2);
        SimulatedDisk disk = broker.Node.Disk;
        broker.Start();
        Assert.True(world.RunUntil(() => broker.IsReady, TimeSpan.FromSeconds(30)));
        CreateTopic(world, broker, "t");
        Assert.True(broker.Close(TimeSpan.FromSeconds(30)));
        // One partition in each directory.
        string[] right = [.. broker.Directories.SelectMany(PartitionsIn)];
        string[] wrong = [.. broker.Directories.SelectMany(one => new[] { $"{one}/t-0", $"{one}/t-1" }).Except(right)];
        Assert.Equal(2, right.Select(static one => one[..^"/t-0".Length]).Distinct().Count());
        foreach (string directory in wrong)
        {
            disk.CreateDirectory(directory);
            using IDiskFile file = disk.Open($"{directory}/partition.metadata", FileOpening.CreateOrTruncate);
            file.Write("version: 0\ntopic_id: MkU3OEVBNTcwNTJENDM2Qk"u8, 0);
        }

        for (int life = 0; life < 2; life++)
        {
            broker.Start();
            Assert.True(world.RunUntil(() => broker.IsReady, TimeSpan.FromSeconds(30)));
            Assert.Equal(right, broker.Directories.SelectMany(PartitionsIn));
            Assert.True(broker.Close(TimeSpan.FromSeconds(30)));
        }

        IEnumerable<string> PartitionsIn(string root) => disk.List(root)
            .Where(static name => name is "t-0" or "t-1")
            .Select(name => $"{root}/{name}");
    }

    private static void CreateTopic(SimulatedWorld world, SimulatedBroker broker, string name)
    {
        IReactor reactor = world.AddNode("client").Start().Network.Reactors[0];
        SimulatedClient client = new(reactor, broker.Address, "client", new Findings(world));
        CreateTopicsRequest request = new() { TimeoutMs = 5000 };
        request.Topics.Add(new() { Name = name, NumPartitions = 2, ReplicationFactor = 1 });
        CreateTopicsResponse? answer = null;
        reactor.Post(new Turn(() => client.Send<CreateTopicsResponse>(request, 7, told => answer = told)));
        Assert.True(world.RunUntil(() => answer is not null, TimeSpan.FromSeconds(30)));
        Assert.Equal(0, answer!.Topics[0].ErrorCode);
    }

    private static string[] EpochsInMarkers(SimulatedBroker broker)
    {
        List<string> epochs = [];
        foreach (string directory in broker.Directories)
        {
            using IDiskFile file = broker.Node.Disk.Open($"{directory}/.kafka_cleanshutdown", FileOpening.Read);
            byte[] bytes = new byte[file.Length];
            file.Read(bytes, 0);
            epochs.Add(JsonDocument.Parse(bytes).RootElement.GetProperty("brokerEpoch").GetRawText());
        }

        return [.. epochs];
    }
}
