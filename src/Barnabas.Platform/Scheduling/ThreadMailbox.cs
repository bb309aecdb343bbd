using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>A mailbox with a thread of its own, which sleeps until a post or a timer and never polls.</summary>
internal sealed class ThreadMailbox : IMailbox, IDisposable
{
    private readonly MailboxTurns _turns;
    private readonly object _gate = new();
    private readonly Thread _thread;
    private bool _woken;
    private bool _stopping;

    public ThreadMailbox(string name, TimeProvider time, Action<string, Exception> onFault)
    {
        Name = name;
        _turns = new MailboxTurns(name, time, onFault);
        _thread = new Thread(Loop) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public string Name { get; }

    public bool IsCurrent => _turns.IsCurrent;

    public MonotonicTime Now => _turns.Now;

    public void Post(WorkItem item)
    {
        if (_turns.Post(item))
        {
            Wake();
        }
    }

    public void Arm(TimerItem timer, TimeSpan delay) => _turns.Arm(timer, delay);

    public void Disarm(TimerItem timer) => _turns.Disarm(timer);

    /// <summary>Runs what is posted, forgets the timers, and ends. Waits for that, unless called from the
    /// mailbox.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _stopping, true);
        Wake();
        if (!IsCurrent)
        {
            _thread.Join();
        }
    }

    private void Loop()
    {
        _turns.Own();
        while (true)
        {
            bool stopping = Volatile.Read(ref _stopping);
            _turns.Run();
            int sleep = _turns.SleepMilliseconds();
            if (stopping && !_turns.HasPosted)
            {
                break;
            }

            if (sleep != 0)
            {
                Sleep(sleep);
            }
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Sleep(int milliseconds)
    {
        lock (_gate)
        {
            if (!_woken)
            {
                // It may return too early; the next turn then finds nothing to do and sleeps again.
                Monitor.Wait(_gate, milliseconds);
            }

            _woken = false;
        }
    }
}
