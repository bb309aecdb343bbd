using Barnabas.Kernel;
using Barnabas.Protocol;

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
}
