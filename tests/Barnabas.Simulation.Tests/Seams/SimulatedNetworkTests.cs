using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

public sealed class SimulatedNetworkTests
{
    private const int Port = 9092;
    private const int Bytes = 200_000;

    private readonly SimulatedWorld _world;
    private readonly SimulatedNode _server;
    private readonly SimulatedNode _client;
    private readonly StreamingAcceptor _accepted = new(0);
    private readonly StreamingAcceptor _connected = new(Bytes);

    public SimulatedNetworkTests()
    {
        _world = new SimulatedWorld(3);
        _server = _world.AddNode("server");
        _client = _world.AddNode("client");
    }

    [Fact]
    public void A_cut_holds_bytes_back_and_healing_lets_them_through()
    {
        Connect();
        _world.RunUntil(() => Server.Received > 1000, TimeSpan.FromSeconds(10));
        _world.Links.Cut(_server, _client);
        int before = Server.Received;
        _world.RunFor(TimeSpan.FromSeconds(5));
        Assert.InRange(Server.Received, before, before + _world.Options.Network.WindowBytesMax);
        Assert.True(Server.Received < Bytes);
        _world.Links.Heal(_server, _client);
        Assert.True(_world.RunUntil(() => Server.Received == Bytes, TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void A_cut_that_lasts_breaks_the_sender_and_a_receiver_hears_nothing()
    {
        Connect();
        _world.RunUntil(() => Server.Received > 1000, TimeSpan.FromSeconds(10));
        _world.Links.Cut(_server, _client);
        _world.RunFor(TimeSpan.FromSeconds(30));
        Assert.Equal(1, Client.Closings);
        Assert.Equal(0, Server.Closings);
    }

    [Fact]
    public void A_killed_process_resets_its_peers()
    {
        Connect();
        _world.RunUntil(() => Server.Received > 1000, TimeSpan.FromSeconds(10));
        _server.Stop(SimulatedEnd.Kill);
        _world.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, Client.Closings);
        Assert.Equal(0, Server.Closings);
    }

    [Fact]
    public void A_machine_without_power_tells_nobody_and_its_next_life_resets_who_sends()
    {
        Connect();
        _world.RunUntil(() => Server.Received > 1000, TimeSpan.FromSeconds(10));
        _server.Stop(SimulatedEnd.PowerLoss);
        _world.RunFor(TimeSpan.FromSeconds(3));
        Assert.Equal(0, Client.Closings);
        _server.Start();
        _world.RunFor(TimeSpan.FromSeconds(3));
        Assert.Equal(1, Client.Closings);
    }

    [Fact]
    public void Connecting_to_a_machine_behind_a_cut_fails_after_the_limit()
    {
        _world.Links.Isolate(_server);
        NodeSeams seams = _client.Start();
        _server.Start().Network.Listen(new IPEndPoint(IPAddress.Any, Port), _accepted);
        seams.Network.Reactors[0].Connect(new IPEndPoint(_server.Address, Port), _connected);
        _world.RunFor(TimeSpan.FromSeconds(5));
        Assert.Empty(_connected.Failures);
        _world.RunFor(TimeSpan.FromSeconds(10));
        Assert.Equal(["connection timed out"], _connected.Failures);
    }

    [Fact]
    public void Random_resets_end_both_ends_once()
    {
        int broken = 0;
        for (ulong seed = 0; seed < 50; seed++)
        {
            SimulatedWorld world = new(
                seed, new SimulatedWorldOptions { Network = new SimulatedNetworkOptions { ResetOneIn = 30 } });
            SimulatedNode server = world.AddNode("server"), client = world.AddNode("client");
            StreamingAcceptor accepted = new(0), connected = new(Bytes);
            server.Start().Network.Listen(new IPEndPoint(IPAddress.Any, Port), accepted);
            client.Start().Network.Reactors[0].Connect(new IPEndPoint(server.Address, Port), connected);
            world.RunFor(TimeSpan.FromSeconds(60));
            StreamingPeer one = Assert.Single(accepted.Peers), other = Assert.Single(connected.Peers);
            Assert.Equal(one.Closings, other.Closings);
            Assert.InRange(one.Closings, 0, 1);
            Assert.Equal(one.Closings == 0, one.Received == Bytes);
            broken += one.Closings;
        }

        Assert.InRange(broken, 5, 50);
    }

    private StreamingPeer Server => Assert.Single(_accepted.Peers);

    private StreamingPeer Client => Assert.Single(_connected.Peers);

    private void Connect()
    {
        _server.Start().Network.Listen(new IPEndPoint(IPAddress.Any, Port), _accepted);
        _client.Start().Network.Reactors[0].Connect(new IPEndPoint(_server.Address, Port), _connected);
        Assert.True(_world.RunUntil(
            () => _accepted.Peers.Count == 1 && _connected.Peers.Count == 1, TimeSpan.FromSeconds(1)));
    }
}
