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
