using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

public sealed class EpollNetworkTests : NetworkContract
{
    private readonly RealStage _stage = new(PlatformSeams.Create);

    protected override Stage Stage => _stage;

    [Fact]
    public void A_handler_that_throws_loses_its_connection_and_the_reactor_goes_on()
    {
        (TestPeer server, TestPeer client) = Connect(
            new TestAcceptor(begin: static peer =>
                peer.WhenReadable = static () => throw new InvalidOperationException("x")),
            new TestAcceptor(begin: static peer => peer.Send([1])));
        Stage.Until(() => server.Closings == 1 && client.Closings == 1);
        Assert.IsType<InvalidOperationException>(Assert.Single(_stage.Faults));
        On(server, static () => { });
    }

    [Fact]
    public void Moving_bytes_allocates_nothing_on_the_reactor()
    {
        byte[] buffer = new byte[4096];
        long allocated = -1;
        int rounds = 0;
        long before = 0;
        TestAcceptor server = new(begin: peer => peer.WhenReadable = () =>
        {
            IoResult result = peer.Connection.Receive(buffer);
            peer.Connection.Send(buffer.AsSpan(0, result.Count));
            rounds++;
            if (rounds == 100)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (rounds == 1100)
            {
                Volatile.Write(ref allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            }
        });
        using IListener listener = Stage.Seams.Network.Listen(Stage.Anywhere, server);
        using System.Net.Sockets.Socket client = new(
            System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        client.Connect(listener.Local);
        byte[] message = new byte[100];
        while (Volatile.Read(ref allocated) < 0)
        {
            client.Send(message);
            client.Receive(message);
        }

        Assert.Equal(0, allocated);
    }
}
