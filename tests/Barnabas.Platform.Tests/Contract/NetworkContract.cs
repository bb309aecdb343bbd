using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

/// <summary>What every <see cref="INetwork"/> does, real or simulated.</summary>
public abstract class NetworkContract : IDisposable
{
    protected abstract Stage Stage { get; }

    private INetwork Network => Stage.Seams.Network;

    [Fact]
    public void An_echo_returns_every_byte_in_order()
    {
        byte[] bytes = Pattern(1_000_000);
        (_, TestPeer client) = Connect(new TestAcceptor(echo: true), new TestAcceptor(begin: peer => peer.Send(bytes)));
        Stage.Until(() => client.ReceivedCount == bytes.Length);
        Assert.Equal(bytes, client.Received);
    }

    [Fact]
    public void The_ends_of_a_connection_agree_on_their_addresses()
    {
        (TestPeer server, TestPeer client) = Connect(new TestAcceptor(), new TestAcceptor());
        Assert.Equal(server.Connection.Local, client.Connection.Remote);
        Assert.Equal(server.Connection.Remote, client.Connection.Local);
        Assert.NotEqual(server.Connection.Id, client.Connection.Id);
    }

    [Fact]
    public void A_file_is_sent_from_a_position_and_the_end_of_the_stream_follows_it()
    {
        byte[] bytes = Pattern(3_000_000);
        using IDiskFile file = Stage.Seams.Disk.Open($"{Stage.Directory}/a", FileOpening.CreateOrKeep);
        file.Write(bytes, 0);
        FileSender? sender = null;
        TestAcceptor acceptor = new(begin: peer => sender = new FileSender(peer.Connection, file, 1000));
        using IListener listener = Network.Listen(Stage.Anywhere, new SenderAcceptor(acceptor, () => sender!));
        TestAcceptor connected = new();
        Network.Reactors[0].Connect(listener.Local, connected);
        Stage.Until(() => !connected.Peers.IsEmpty && Volatile.Read(ref connected.Only.SawEnd));
        Assert.Equal(bytes[1000..], connected.Only.Received);
        Stage.Until(() => connected.Only.Closings == 1);
    }

    [Fact]
    public void Sending_beyond_the_end_of_a_file_is_done_with_nothing()
    {
        using IDiskFile file = Stage.Seams.Disk.Open($"{Stage.Directory}/a", FileOpening.CreateOrKeep);
        file.Write(Pattern(10), 0);
        IoResult result = IoResult.WouldBlock;
        Connect(new TestAcceptor(begin: peer => result = peer.Connection.SendFile(file, 10, 100)), new TestAcceptor());
        Assert.Equal(IoResult.Done(0), result);
    }

    [Fact]
    public void A_sender_whose_peer_does_not_read_would_block_and_goes_on_later()
    {
        byte[] bytes = Pattern(8_000_000);
        (TestPeer server, TestPeer client) = Connect(
            new TestAcceptor(begin: peer => peer.Send(bytes)),
            new TestAcceptor(begin: static peer => peer.Connection.NotifyWhenReadable(false)));
        Stage.Pass(TimeSpan.FromMilliseconds(100));
        Assert.False(Volatile.Read(ref server.SentAll));
        Assert.Equal(0, client.ReceivedCount);
        On(client, () => client.Connection.NotifyWhenReadable(true));
        Stage.Until(() => client.ReceivedCount == bytes.Length);
        Assert.Equal(bytes, client.Received);
        Assert.True(Volatile.Read(ref server.Writables) > 0);
    }

    [Fact]
    public void Reading_that_was_stopped_goes_on_with_the_bytes_already_there()
    {
        (TestPeer server, TestPeer client) = Connect(
            new TestAcceptor(begin: static peer => peer.Connection.NotifyWhenReadable(false)),
            new TestAcceptor(begin: static peer => peer.Send(Pattern(100))));
        Stage.Until(() => Volatile.Read(ref client.SentAll));
        Stage.Pass(TimeSpan.FromMilliseconds(30));
        Assert.Equal(0, server.ReceivedCount);
        On(server, () => server.Connection.NotifyWhenReadable(true));
        Stage.Until(() => server.ReceivedCount == 100);
    }

    [Fact]
    public void A_handler_that_takes_a_part_is_called_again()
    {
        int calls = 0;
        byte[] one = new byte[1];
        Connect(
            new TestAcceptor(begin: peer => peer.WhenReadable = () =>
            {
                if (peer.Connection.Receive(one).Count == 1)
                {
                    Interlocked.Increment(ref calls);
                }
            }),
            new TestAcceptor(begin: static peer => peer.Send(Pattern(50))));
        Stage.Until(() => Volatile.Read(ref calls) == 50);
    }

    [Fact]
    public void Closing_tells_both_ends_once_and_nothing_comes_after()
    {
        (TestPeer server, TestPeer client) = Connect(new TestAcceptor(), new TestAcceptor());
        IoResult received = default, sent = default;
        On(server, () =>
        {
            server.Connection.Close();
            Assert.Equal(0, server.Closings);
            server.Connection.Close();
            received = server.Connection.Receive(new byte[10]);
            sent = server.Connection.Send([1]);
            server.Connection.NotifyWhenReadable(true);
            server.Connection.NotifyWhenWritable(true);
        });
        Stage.Until(() => server.Closings == 1 && client.Closings == 1);
        Stage.Pass(TimeSpan.FromMilliseconds(30));
        Assert.Equal((IoResult.Closed, IoResult.Closed), (received, sent));
        Assert.Equal((1, 1), (server.Closings, client.Closings));
        Assert.Equal((0, 0), (server.CallsAfterClosing, client.CallsAfterClosing));
        Assert.True(client.SawEnd);
    }

    [Fact]
    public void Closing_within_accept_still_tells_the_handler()
    {
        TestAcceptor acceptor = new(begin: static peer => peer.Connection.Close());
        using IListener listener = Network.Listen(Stage.Anywhere, acceptor);
        Network.Reactors[0].Connect(listener.Local, new TestAcceptor());
        Stage.Until(() => !acceptor.Peers.IsEmpty && acceptor.Only.Closings == 1);
    }

    [Fact]
    public void A_broken_connection_closes_even_while_nobody_reads_from_it()
    {
        (TestPeer server, TestPeer client) = Connect(
            new TestAcceptor(begin: static peer =>
            {
                peer.Send(Pattern(100));
                peer.Connection.NotifyWhenReadable(false);
            }),
            new TestAcceptor(begin: static peer => peer.Connection.NotifyWhenReadable(false)));
        Stage.Pass(TimeSpan.FromMilliseconds(30));
        // Closing with unread bytes resets the connection.
        On(client, client.Connection.Close);
        if (Stage.Seams.Network is SocketNetwork)
        {
            // Without a pending receive the class library learns of a reset only by sending.
            On(server, () => server.Connection.Send([1]));
        }

        Stage.Until(() => server.Closings == 1);
    }

    [Fact]
    public void A_refused_connection_ends_without_a_byte()
    {
        using IListener listener = Network.Listen(Stage.Anywhere, new TestAcceptor(refuse: true));
        TestAcceptor connected = new();
        Network.Reactors[0].Connect(listener.Local, connected);
        Stage.Until(() => !connected.Peers.IsEmpty && connected.Only.Closings == 1);
        Assert.Empty(connected.Only.Received);
    }

    [Fact]
    public void A_connection_to_nobody_fails()
    {
        IPEndPoint nobody;
        using (IListener listener = Network.Listen(Stage.Anywhere, new TestAcceptor()))
        {
            nobody = listener.Local;
        }

        TestAcceptor connected = new();
        Network.Reactors[1].Connect(nobody, connected);
        Stage.Until(() => !connected.Failures.IsEmpty);
        Assert.Empty(connected.Peers);
    }

    [Fact]
    public void An_address_is_listened_on_once_and_free_after_disposal()
    {
        IListener first = Network.Listen(Stage.Anywhere, new TestAcceptor());
        Assert.NotEqual(0, first.Local.Port);
        Assert.Throws<NetworkException>(() => Network.Listen(first.Local, new TestAcceptor()));
        first.Dispose();
        first.Dispose();
        using IListener second = Network.Listen(first.Local, new TestAcceptor());
        Assert.Equal(first.Local, second.Local);
        Assert.Throws<NetworkException>(
            () => Network.Listen(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9092), new TestAcceptor()));
    }

    [Fact]
    public void Connections_are_dealt_out_to_the_reactors()
    {
        TestAcceptor acceptor = new(echo: true);
        TestAcceptor connected = new(begin: static peer => peer.Send(Pattern(5000)));
        using IListener listener = Network.Listen(Stage.Anywhere, acceptor);
        for (int i = 0; i < 20; i++)
        {
            Network.Reactors[i % 2].Connect(listener.Local, connected);
        }

        Stage.Until(() => connected.Peers.Count == 20
            && connected.Peers.All(static peer => peer.ReceivedCount == 5000));
        Assert.All(
            acceptor.Peers.GroupBy(static peer => peer.Connection.Reactor.Name),
            static group => Assert.Equal(10, group.Count()));
        listener.Dispose();
        TestPeer survivor = connected.Peers.First();
        On(survivor, () => survivor.Send(Pattern(10)));
        Stage.Until(() => survivor.ReceivedCount == 5010);
    }

    public void Dispose()
    {
        Stage.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static byte[] Pattern(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)((i * 7) + (i >> 9));
        }

        return bytes;
    }

    private protected (TestPeer Server, TestPeer Client) Connect(TestAcceptor server, TestAcceptor client)
    {
        IListener listener = Network.Listen(Stage.Anywhere, server);
        Network.Reactors[1].Connect(listener.Local, client);
        Stage.Until(() => !server.Peers.IsEmpty && !client.Peers.IsEmpty);
        listener.Dispose();
        return (server.Only, client.Only);
    }

    private protected void On(TestPeer peer, Action action)
    {
        bool done = false;
        peer.Connection.Reactor.Post(new TestItem(() =>
        {
            action();
            Volatile.Write(ref done, true);
        }));
        Stage.Until(() => Volatile.Read(ref done));
    }

    /// <summary>Sends a file to its end, then closes.</summary>
    private sealed class FileSender(IConnection connection, IDiskFile file, long position) : IConnectionHandler
    {
        private long _position = position;

        public void Push()
        {
            while (true)
            {
                IoResult result = connection.SendFile(file, _position, 100_000);
                if (result.Status == IoStatus.WouldBlock)
                {
                    connection.NotifyWhenWritable(true);
                    return;
                }

                if (result.Status == IoStatus.Closed || result.Count == 0)
                {
                    connection.Close();
                    return;
                }

                _position += result.Count;
            }
        }

        public void OnReadable() => connection.Receive(new byte[100]);

        public void OnWritable() => Push();

        public void OnClosed()
        {
        }
    }

    private sealed class SenderAcceptor(TestAcceptor acceptor, Func<FileSender> sender) : IConnectionAcceptor
    {
        public IConnectionHandler? Accept(IConnection connection)
        {
            acceptor.Accept(connection);
            sender().Push();
            return sender();
        }
    }
}
