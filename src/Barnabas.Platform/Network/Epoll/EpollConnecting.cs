using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>A socket that is being connected: it ends as a connection, as a failure, or at its time limit.</summary>
internal sealed class EpollConnecting(
    EpollReactor reactor, int socket, IPEndPoint remote, IConnectionAcceptor acceptor) : EpollTarget(socket)
{
    private LimitTimer? _limit;
    private bool _done;

    public void Begin()
    {
        reactor.Watch(this, EpollSet.Writable);
        _limit = new LimitTimer(this);
        reactor.Arm(_limit, reactor.Options.ConnectTimeout);
    }

    public override void OnEvents(uint events)
    {
        if (SocketCalls.ConnectFailure(Descriptor) is { } failure)
        {
            Fail(failure);
            return;
        }

        _done = true;
        reactor.Disarm(_limit!);
        reactor.Unwatch(this);
        reactor.Adopt(Descriptor, remote, acceptor, isAccepted: false);
    }

    public override void Close()
    {
        if (!_done)
        {
            _done = true;
            reactor.Disarm(_limit!);
            reactor.Forget(this);
            Libc.Close(Descriptor);
        }
    }

    private void Fail(string reason)
    {
        Close();
        acceptor.ConnectFailed(reason);
    }

    private sealed class LimitTimer(EpollConnecting connecting) : TimerItem
    {
        public override void Fire() => connecting.Fail("connection timed out");
    }
}
