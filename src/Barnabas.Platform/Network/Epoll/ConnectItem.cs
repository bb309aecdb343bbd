using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>A wish to connect, on its way to the reactor.</summary>
internal sealed class ConnectItem(EpollReactor reactor, IPEndPoint remote, IConnectionAcceptor acceptor) : WorkItem
{
    public override void Run()
    {
        int socket = SocketCalls.BeginConnect(remote, reactor.Options, out string? failure);
        if (socket < 0)
        {
            acceptor.ConnectFailed(failure ?? "unknown");
        }
        else
        {
            new EpollConnecting(reactor, socket, remote, acceptor).Begin();
        }
    }
}
