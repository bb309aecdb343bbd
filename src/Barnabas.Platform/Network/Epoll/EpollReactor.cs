using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// One thread, one epoll set: a mailbox that also serves connections. A turn is: due timers, posted items, at most 256
/// events, then the connections that asked for attention (closed, or with a changed interest). It sleeps in the kernel
/// until the next timer, and without timers until somebody wakes it: an idle reactor uses no processor at all.
/// </summary>
internal sealed class EpollReactor : IReactor, IDisposable
{
    private readonly EpollSet _set = new();
    private readonly MailboxTurns _turns;
    private readonly Thread _thread;
    private readonly Queue<EpollConnection> _attention = new();
    private byte[]? _scratch;
    private IdleSpin _spin;
    private int _asleep;
    private bool _stopping;

    public EpollReactor(EpollNetwork network, string name, TransportOptions options)
    {
        Network = network;
        Name = name;
        Options = options;
        _turns = new MailboxTurns(name, options.Time, options.OnFault);
        _thread = new Thread(Loop) { Name = name, IsBackground = true };
    }

    public string Name { get; }

    public bool IsCurrent => _turns.IsCurrent;

    public MonotonicTime Now => _turns.Now;

    public EpollNetwork Network { get; }

    public TransportOptions Options { get; }

    /// <summary>For copying file bytes to a socket where sendfile cannot; only within one call on this
    /// reactor.</summary>
    public byte[] Scratch => _scratch ??= GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);

    public void Start() => _thread.Start();

    public void Post(WorkItem item)
    {
        // The reactor announces its sleep and then looks at the queue; the poster fills the queue and then looks at the
        // announcement. Whichever comes second sees the other, so no post is slept over and a busy reactor costs no
        // call.
        if (_turns.Post(item) && Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            _set.Wake();
        }
    }

    public void Arm(TimerItem timer, TimeSpan delay) => _turns.Arm(timer, delay);

    public void Disarm(TimerItem timer) => _turns.Disarm(timer);

    public void Connect(IPEndPoint remote, IConnectionAcceptor acceptor) =>
        Post(new ConnectItem(this, remote, acceptor));

    public void Watch(EpollTarget target, uint events) => _set.Register(target, events);

    public void ChangeWatch(EpollTarget target, uint events) => _set.Modify(target, events);

    public void Unwatch(EpollTarget target) => _set.Unregister(target);

    public void Forget(EpollTarget target) => _set.Forget(target);

    /// <summary>The connection is looked after when the events of this turn are done.</summary>
    public void NoteAttention(EpollConnection connection) => _attention.Enqueue(connection);

    public void Report(Exception fault) => _turns.Report(fault);

    /// <summary>Begins to serve a socket that is connected. Takes the socket over in any case.</summary>
    public void Adopt(int socket, IPEndPoint remote, IConnectionAcceptor acceptor)
    {
        if (_stopping)
        {
            Libc.Close(socket);
            return;
        }

        SocketCalls.Prepare(socket);
        EpollConnection connection = new(this, socket, SocketCalls.LocalOf(socket), remote);
        connection.Begin(acceptor);
    }

    /// <summary>Closes everything and ends the thread. Waits for it, unless called from the reactor.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _stopping, true);
        _set.Wake();
        if (!IsCurrent)
        {
            _thread.Join();
        }
    }

    private void Loop()
    {
        _turns.Own();
        MonotonicTime idle = Options.Time.Monotonic;
        while (!Volatile.Read(ref _stopping))
        {
            int events = AwaitEvents(idle);
            _turns.Run();
            for (int i = 0; i < events; i++)
            {
                Dispatch(i);
            }

            GiveAttention();
            idle = Options.Time.Monotonic;
            Options.Turns.Record((idle - _turns.Now).Ticks / TimeSpan.TicksPerMicrosecond);
        }

        End();
    }

    /// <param name="now">When the last turn ended.</param>
    private int AwaitEvents(MonotonicTime now)
    {
        if (_attention.Count > 0)
        {
            return _set.Wait(0);
        }

        if (_spin.IsWorthwhile)
        {
            bool found = TryLook(now + IdleSpin.LookMax, out int early);
            _spin.Looked(found);
            if (found)
            {
                return early;
            }
        }

        Interlocked.Exchange(ref _asleep, 1);
        int events = _set.Wait(_turns.SleepMilliseconds(now));
        Volatile.Write(ref _asleep, 0);
        _spin.Slept(Options.Time.Monotonic - now);
        return events;
    }

    /// <summary>Looks for events without sleeping; false if there is none in time. A post needs no wake-up.</summary>
    private bool TryLook(MonotonicTime until, out int events)
    {
        do
        {
            events = _set.Wait(0);
            if (events > 0 || _turns.HasPosted)
            {
                return true;
            }
        }
        while (Options.Time.Monotonic < until);

        return false;
    }

    private void Dispatch(int index)
    {
        EpollTarget? target = _set.TargetOf(index, out uint events);
        if (target is null)
        {
            return;
        }

        try
        {
            target.OnEvents(events);
        }
        catch (Exception fault)
        {
            Report(fault);
            target.Close();
        }
    }

    private void GiveAttention()
    {
        while (_attention.TryDequeue(out EpollConnection? connection))
        {
            try
            {
                connection.Settle();
            }
            catch (Exception fault)
            {
                Report(fault);
            }
        }
    }

    private void End()
    {
        // Sockets on their way to this reactor are in the queue; Adopt closes them now.
        _turns.Run();
        foreach (EpollTarget target in _set.Targets())
        {
            target.Close();
        }

        GiveAttention();
        _set.Dispose();
    }
}
