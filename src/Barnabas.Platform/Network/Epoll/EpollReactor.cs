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
    private readonly Lock _door = new();
    private byte[]? _scratch;
    private IdleSpin _spin;
    private int _asleep;
    private int _accepted;
    private bool _stopping;
    private bool _isDoorClosed;

    public EpollReactor(EpollNetwork network, int index, TransportOptions options)
    {
        Network = network;
        Index = index;
        Name = $"reactor-{index}";
        Options = options;
        _turns = new MailboxTurns(Name, options.Time, options.OnFault);
        _thread = new Thread(Loop) { Name = Name, IsBackground = true };
        Moves = new ConnectionMoves(this);
    }

    /// <summary>Its place among the network's reactors.</summary>
    public int Index { get; }

    public string Name { get; }

    public bool IsCurrent => _turns.IsCurrent;

    public MonotonicTime Now => _turns.Now;

    public EpollNetwork Network { get; }

    public TransportOptions Options { get; }

    /// <summary>The work of its connections, and which of them it gives away.</summary>
    public ConnectionMoves Moves { get; }

    /// <summary>Accepted connections that it has or is about to have. From any thread.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>It has nothing to do. From any thread.</summary>
    public bool IsAsleep => Volatile.Read(ref _asleep) == 1;

    /// <summary>For copying file bytes to a socket where sendfile cannot; only within one call on this
    /// reactor.</summary>
    public byte[] Scratch => _scratch ??= GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);

    public void Start() => _thread.Start();

    public void Post(WorkItem item)
    {
        // The reactor announces its sleep and then looks at the queue; the poster fills the queue and then looks at the
        // announcement. Whichever comes second sees the other, so no post is slept over and a busy reactor costs no
        // call: neither the kernel's nor that of the cache line, which only a sleeper gives away.
        if (_turns.Post(item) && Volatile.Read(ref _asleep) == 1 && Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            _set.Wake();
        }
    }

    public void Arm(TimerItem timer, TimeSpan delay) => _turns.Arm(timer, delay);

    public void Disarm(TimerItem timer) => _turns.Disarm(timer);

    public void Connect(IPEndPoint remote, IConnectionAcceptor acceptor) =>
        Post(new ConnectItem(this, remote, acceptor));

    public void Watch(EpollTarget target, uint events) => _set.Register(target, events);

    /// <summary>Slots of targets that are or were in use.</summary>
    public int Slots => _set.Slots;

    /// <summary>The watched target of the slot; null if there is none.</summary>
    public EpollTarget? TargetAt(int slot) => _set.TargetAt(slot);

    public void ChangeWatch(EpollTarget target, uint events) => _set.Modify(target, events);

    public void Unwatch(EpollTarget target) => _set.Unregister(target);

    public void Forget(EpollTarget target) => _set.Forget(target);

    /// <summary>The connection is looked after when the events of this turn are done.</summary>
    public void NoteAttention(EpollConnection connection) => _attention.Enqueue(connection);

    public void Report(Exception fault) => _turns.Report(fault);

    /// <summary>Begins to serve a socket that is connected. Takes the socket over in any case.</summary>
    public void Adopt(int socket, IPEndPoint remote, IConnectionAcceptor acceptor, bool isAccepted)
    {
        if (_stopping)
        {
            Libc.Close(socket);
            return;
        }

        SocketCalls.Prepare(socket);
        EpollConnection connection = new(this, socket, SocketCalls.LocalOf(socket), remote)
        {
            IsAccepted = isAccepted,
        };
        connection.Begin(acceptor);
    }

    /// <summary>From any thread.</summary>
    public void CountAccepted(int more) => Interlocked.Add(ref _accepted, more);

    /// <summary>
    /// Takes a connection over from the reactor that calls. False if this one has ended: nobody would ever look at what
    /// is handed to it.
    /// </summary>
    public bool TryTake(EpollConnection connection)
    {
        lock (_door)
        {
            if (!_isDoorClosed)
            {
                connection.HandOverTo(this);
            }

            return !_isDoorClosed;
        }
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
            int served = 0;
            for (int i = 0; i < events; i++)
            {
                served += Dispatch(i) ? 1 : 0;
            }

            GiveAttention();
            idle = Options.Time.Monotonic;
            Options.Turns.Record((idle - _turns.Now).Ticks / TimeSpan.TicksPerMicrosecond);
            Moves.OnTurnEnded(_turns.Now, idle, served);
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

    /// <summary>False for a wake-up, and for a target that has left.</summary>
    private bool Dispatch(int index)
    {
        EpollTarget? target = _set.TargetOf(index, out uint events);
        if (target is null)
        {
            return false;
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

        return true;
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
        lock (_door)
        {
            _isDoorClosed = true;
        }

        // Sockets on their way to this reactor are in the queue; Adopt closes them now, and what moved here is closed
        // with the others.
        _turns.Run();
        foreach (EpollTarget target in _set.Targets())
        {
            target.Close();
        }

        GiveAttention();
        _set.Dispose();
    }
}
