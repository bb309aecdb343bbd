using System.Net;
using System.Net.Sockets;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// A mailbox without a thread: whoever posts to an idle reactor makes the thread pool run its turns, and a completed
/// socket call runs them itself, on the thread that it came on. At any moment at most one thread does.
/// </summary>
internal sealed class SocketReactor : IReactor, IThreadPoolWorkItem, IDisposable
{
    private readonly MailboxTurns _turns;
    private readonly TransportOptions _options;
    private readonly SocketNetwork _network;
    private readonly Timer _timer;
    private readonly Queue<SocketConnection> _attention = new();
    private readonly HashSet<SocketConnection> _connections = [];
    private readonly ManualResetEventSlim _ended = new();
    private byte[]? _scratch;
    private int _claimed;
    private bool _stopping;

    public SocketReactor(SocketNetwork network, string name, TransportOptions options)
    {
        _network = network;
        _options = options;
        Name = name;
        _turns = new MailboxTurns(name, options.Time, options.OnFault);
        _timer = new Timer(
            static state => ((SocketReactor)state!).RunIfIdle(), this, Timeout.Infinite, Timeout.Infinite);
    }

    public string Name { get; }

    public bool IsCurrent => _turns.IsCurrent;

    public MonotonicTime Now => _turns.Now;

    public byte[] Scratch => _scratch ??= new byte[64 * 1024];

    public void Post(WorkItem item)
    {
        if (_turns.Post(item) && TryClaim())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Posts what a completed socket call brings, and runs it here and now if the reactor is idle.</summary>
    public void PostFromCompletion(WorkItem item)
    {
        if (_turns.Post(item))
        {
            RunIfIdle();
        }
    }

    public void Arm(TimerItem timer, TimeSpan delay) => _turns.Arm(timer, delay);

    public void Disarm(TimerItem timer) => _turns.Disarm(timer);

    public void Connect(IPEndPoint remote, IConnectionAcceptor acceptor) =>
        Post(new SocketConnecting(this, remote, acceptor, _options));

    public void NoteAttention(SocketConnection connection) => _attention.Enqueue(connection);

    public void Report(Exception fault) => _turns.Report(fault);

    /// <summary>Begins to serve a socket that is connected. Takes the socket over in any case.</summary>
    public void Adopt(Socket socket, IConnectionAcceptor acceptor)
    {
        if (Volatile.Read(ref _stopping))
        {
            socket.Dispose();
            return;
        }

        SocketConnection connection;
        try
        {
            connection = new SocketConnection(this, socket, _network.NextConnectionId(), _options);
        }
        catch (SocketException)
        {
            // Gone again before it could be looked at.
            socket.Dispose();
            return;
        }

        _connections.Add(connection);
        connection.Begin(acceptor);
    }

    public void Forget(SocketConnection connection) => _connections.Remove(connection);

    /// <summary>Closes all connections, telling their handlers. Waits for that, unless called from the
    /// reactor.</summary>
    public void Dispose()
    {
        Post(new EndItem(this));
        if (!IsCurrent)
        {
            _ended.Wait();
        }
    }

    void IThreadPoolWorkItem.Execute() => RunClaimed();

    private bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

    private void RunIfIdle()
    {
        if (TryClaim())
        {
            RunClaimed();
        }
    }

    private void RunClaimed()
    {
        do
        {
            _turns.Own();
            do
            {
                _turns.Run();
                GiveAttention();
            }
            while (_turns.HasPosted || _attention.Count > 0);

            ArmTimer();
            _turns.Disown();
            Interlocked.Exchange(ref _claimed, 0);
            // Who posted before the claim was given up saw it taken and left the item to us.
        }
        while (_turns.HasPosted && TryClaim());
    }

    private void ArmTimer()
    {
        if (!Volatile.Read(ref _stopping))
        {
            _timer.Change(_turns.SleepMilliseconds(), Timeout.Infinite);
        }
    }

    private void GiveAttention()
    {
        while (_attention.TryDequeue(out SocketConnection? connection))
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

    private sealed class EndItem(SocketReactor reactor) : WorkItem
    {
        public override void Run()
        {
            Volatile.Write(ref reactor._stopping, true);
            foreach (SocketConnection connection in reactor._connections.ToArray())
            {
                connection.Close();
            }

            reactor.GiveAttention();
            foreach (SocketConnection lingering in reactor._connections)
            {
                lingering.Dispose();
            }

            reactor._timer.Dispose();
            reactor._ended.Set();
        }
    }
}
