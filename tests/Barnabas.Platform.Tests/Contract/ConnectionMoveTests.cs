using System.Net;
using System.Net.Sockets;
using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

/// <summary>Connections that go from one epoll reactor to another.</summary>
public sealed class ConnectionMoveTests
{
    [Fact]
    public void A_connection_that_moves_to_and_fro_loses_no_byte()
    {
        using RealStage stage = new(PlatformSeams.Create);
        TestAcceptor acceptor = new(echo: true, begin: static peer => peer.MayLeave = true);
        using IListener listener = stage.Seams.Network.Listen(stage.Anywhere, acceptor);
        using Socket client = ConnectTo(listener);
        stage.Until(() => !acceptor.Peers.IsEmpty);
        TestPeer server = acceptor.Only;
        byte[] sent = new byte[3_000];
        for (int round = 1; round <= 200; round++)
        {
            new Random(round).NextBytes(sent);
            client.Send(sent);
            // Somewhere between the bytes of the round.
            stage.Until(() =>
            {
                TryMove(stage, server);
                return Volatile.Read(ref server.Moves) >= round;
            });
            Assert.Equal(sent, Take(client, sent.Length));
        }

        Assert.True(server.Moves >= 200);
        client.Dispose();
        stage.Until(() => server.Closings == 1);
        Assert.Equal(0, server.CallsAfterClosing);
        Assert.Empty(stage.Faults);
    }

    [Fact]
    public void What_is_closed_or_does_not_want_to_go_stays()
    {
        using RealStage stage = new(PlatformSeams.Create);
        TestAcceptor acceptor = new(echo: true);
        using IListener listener = stage.Seams.Network.Listen(stage.Anywhere, acceptor);
        using Socket client = ConnectTo(listener);
        stage.Until(() => !acceptor.Peers.IsEmpty);
        TestPeer server = acceptor.Only;
        IReactor home = server.Connection.Reactor;
        Assert.False(TryMove(stage, server));
        client.Send([1]);
        Assert.Equal([1], Take(client, 1));
        server.MayLeave = true;
        bool moved = true;
        bool done = false;
        home.Post(new TestItem(() =>
        {
            server.Connection.Close();
            moved = ((EpollConnection)server.Connection).TryMoveTo(Other(stage, home));
            Volatile.Write(ref done, true);
        }));
        stage.Until(() => Volatile.Read(ref done) && server.Closings == 1);
        Assert.False(moved);
        Assert.Same(home, server.Connection.Reactor);
    }

    [Fact]
    public void The_end_of_the_network_finds_every_connection_wherever_it_is_under_way()
    {
        for (int round = 0; round < 20; round++)
        {
            RealStage stage = new(PlatformSeams.Create);
            TestAcceptor acceptor = new(begin: static peer => peer.MayLeave = true);
            IListener listener = stage.Seams.Network.Listen(stage.Anywhere, acceptor);
            Socket[] clients = [.. Enumerable.Range(0, 10).Select(_ => ConnectTo(listener))];
            stage.Until(() => acceptor.Peers.Count == clients.Length);
            List<Roamer> roamers = [.. acceptor.Peers.Select(peer => new Roamer(stage, peer))];
            roamers.ForEach(static roamer => roamer.Go());
            stage.Until(() => acceptor.Peers.All(static peer => Volatile.Read(ref peer.Moves) > 3));
            stage.Dispose();
            Assert.All(acceptor.Peers, static peer => Assert.Equal((1, 0), (peer.Closings, peer.CallsAfterClosing)));
            Array.ForEach(clients, static client => client.Dispose());
            Assert.Empty(stage.Faults);
        }
    }

    [Fact]
    public void A_busy_reactor_gives_one_of_its_busy_connections_away()
    {
        (int moves, int reactors) = Play(busy: 2);
        Assert.Equal((1, 2), (moves, reactors));
    }

    [Fact]
    public void The_only_busy_connection_of_a_reactor_stays() => Assert.Equal((0, 1), Play(busy: 1));

    /// <summary>Busy connections of one reactor, each request of which takes 300 ms by a clock of its own.</summary>
    private static (int Moves, int Reactors) Play(int busy)
    {
        ManualTime time = new();
        TransportOptions options = new() { Reactors = 2, Time = time, OnFault = static (_, _) => { } };
        using EpollNetwork network = new(options);
        byte[] buffer = new byte[1];
        TestAcceptor acceptor = new(begin: peer =>
        {
            peer.MayLeave = true;
            peer.WhenReadable = () =>
            {
                if (peer.Connection.Receive(buffer).Count == 1)
                {
                    time.Advance(TimeSpan.FromMilliseconds(300));
                    peer.Connection.Send(buffer);
                }
            };
        });
        using IListener listener = network.Listen(new IPEndPoint(IPAddress.Loopback, 0), acceptor);
        Dictionary<int, Socket> clients = [];
        for (int i = 0; i < 4; i++)
        {
            Socket client = ConnectTo(listener);
            clients.Add(((IPEndPoint)client.LocalEndPoint!).Port, client);
        }

        Assert.True(SpinWait.SpinUntil(() => acceptor.Peers.Count == 4, TimeSpan.FromSeconds(20)));
        List<TestPeer> together =
            [.. acceptor.Peers.Where(peer => peer.Connection.Reactor == network.Reactors[1]).Take(busy)];
        Assert.Equal(busy, together.Count);
        for (int i = 0; i < 30; i++)
        {
            Socket client = clients[together[i % busy].Connection.Remote.Port];
            client.Send([1]);
            Take(client, 1);
        }

        int reactors = together.DistinctBy(static peer => peer.Connection.Reactor).Count();
        foreach (Socket client in clients.Values)
        {
            client.Dispose();
        }

        return ((int)options.Moves.Value, reactors);
    }

    private static Socket ConnectTo(IListener listener)
    {
        Socket client = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20_000, NoDelay = true };
        client.Connect(listener.Local);
        return client;
    }

    private static byte[] Take(Socket socket, int count)
    {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count;)
        {
            int received = socket.Receive(bytes, at, count - at, SocketFlags.None);
            Assert.NotEqual(0, received);
            at += received;
        }

        return bytes;
    }

    private static EpollReactor Other(RealStage stage, IReactor reactor) =>
        (EpollReactor)stage.Seams.Network.Reactors.Single(other => other != reactor);

    /// <summary>Asks a connection to leave its reactor, on that reactor.</summary>
    private static bool TryMove(RealStage stage, TestPeer peer)
    {
        bool moved = false;
        bool done = false;
        IReactor reactor = peer.Connection.Reactor;
        reactor.Post(new TestItem(() =>
        {
            moved = peer.Connection.Reactor == reactor
                && ((EpollConnection)peer.Connection).TryMoveTo(Other(stage, reactor));
            Volatile.Write(ref done, true);
        }));
        stage.Until(() => Volatile.Read(ref done));
        return moved;
    }

    /// <summary>Moves its connection and goes with it, again and again, until the reactors end.</summary>
    private sealed class Roamer(RealStage stage, TestPeer peer) : WorkItem
    {
        public void Go() => peer.Connection.Reactor.Post(this);

        public override void Run()
        {
            IReactor here = peer.Connection.Reactor;
            if (here.IsCurrent)
            {
                ((EpollConnection)peer.Connection).TryMoveTo(Other(stage, here));
            }

            Go();
        }
    }
}
