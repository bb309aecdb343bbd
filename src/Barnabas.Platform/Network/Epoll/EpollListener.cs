using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>A listening socket on the network's first reactor. It deals its connections out to all
/// reactors.</summary>
internal sealed class EpollListener : EpollTarget, IListener
{
    // So that a storm of connections does not keep the reactor from those it has.
    private const int AcceptsPerTurn = 64;

    private readonly EpollReactor _reactor;
    private readonly IConnectionAcceptor _acceptor;
    private readonly PauseTimer _pause;
    private readonly ManualResetEventSlim _gone = new();
    private bool _closed;

    public EpollListener(EpollReactor reactor, int socket, IConnectionAcceptor acceptor)
        : base(socket)
    {
        _reactor = reactor;
        _acceptor = acceptor;
        _pause = new PauseTimer(this);
        Local = SocketCalls.LocalOf(socket);
    }

    public IPEndPoint Local { get; }

    public void Open() => _reactor.Post(new OpenItem(this));

    /// <summary>When it returns, the address is free again.</summary>
    public void Dispose()
    {
        if (_reactor.IsCurrent)
        {
            Close();
        }
        else if (!_gone.IsSet)
        {
            _reactor.Post(new CloseItem(this));
            _gone.Wait();
        }
    }

    public override void Close()
    {
        if (!_closed)
        {
            _closed = true;
            _reactor.Disarm(_pause);
            _reactor.Forget(this);
            Libc.Close(Descriptor);
            _gone.Set();
        }
    }

    public override void OnEvents(uint events)
    {
        for (int i = 0; i < AcceptsPerTurn && !_closed; i++)
        {
            int socket = SocketCalls.Accept(Descriptor, out IPEndPoint? remote);
            if (socket >= 0)
            {
                HandOver(socket, remote!);
                continue;
            }

            switch (Errno.Last)
            {
                case Errno.TryAgain:
                    return;
                case Errno.TooManyOpen or Errno.TooManyOpenInSystem or Errno.NoBuffers or Errno.OutOfMemory:
                    Pause();
                    return;
                default:
                    // The connection died while it waited; the next may be well.
                    break;
            }
        }
    }

    private void HandOver(int socket, IPEndPoint remote)
    {
        EpollReactor target = _reactor.Network.Deal();
        if (target == _reactor)
        {
            target.Adopt(socket, remote, _acceptor, isAccepted: true);
        }
        else
        {
            target.Post(new AdoptItem(target, socket, remote, _acceptor));
        }
    }

    private void Pause()
    {
        _reactor.Report(new NetworkException($"accepting on {Local} pauses: {Errno.Text(Errno.Last)}"));
        _reactor.ChangeWatch(this, 0);
        _reactor.Arm(_pause, _reactor.Options.AcceptPause);
    }

    private sealed class PauseTimer(EpollListener listener) : TimerItem
    {
        public override void Fire() => listener._reactor.ChangeWatch(listener, EpollSet.Readable);
    }

    private sealed class OpenItem(EpollListener listener) : WorkItem
    {
        public override void Run()
        {
            if (!listener._closed)
            {
                listener._reactor.Watch(listener, EpollSet.Readable);
            }
        }
    }

    private sealed class CloseItem(EpollListener listener) : WorkItem
    {
        public override void Run() => listener.Close();
    }

    private sealed class AdoptItem(EpollReactor target, int socket, IPEndPoint remote, IConnectionAcceptor acceptor)
        : WorkItem
    {
        public override void Run() => target.Adopt(socket, remote, acceptor, isAccepted: true);
    }
}
