using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>A blocking mailbox with several threads: each takes the oldest item and runs it.</summary>
internal sealed class ThreadCrew : IMailbox, IDisposable
{
    private readonly SharedWorkQueue _queue = new();
    private readonly TimeProvider _time;
    private readonly Action<string, Exception> _onFault;
    private readonly object _gate = new();
    private readonly Thread[] _threads;
    private int _waiting;
    private bool _stopping;

    public ThreadCrew(string name, int threads, TimeProvider time, Action<string, Exception> onFault)
    {
        Name = name;
        _time = time;
        _onFault = onFault;
        _threads = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(Loop) { Name = $"{name}-{i}", IsBackground = true };
        }

        Array.ForEach(_threads, static thread => thread.Start());
    }

    public string Name { get; }

    public bool IsCurrent => Array.IndexOf(_threads, Thread.CurrentThread) >= 0;

    public MonotonicTime Now => _time.Monotonic;

    public void Post(WorkItem item)
    {
        if (_queue.Post(item))
        {
            lock (_gate)
            {
                _waiting++;
                Monitor.Pulse(_gate);
            }
        }
    }

    public void Arm(TimerItem timer, TimeSpan delay) =>
        throw new NotSupportedException("A mailbox with several threads has no timers.");

    public void Disarm(TimerItem timer) =>
        throw new NotSupportedException("A mailbox with several threads has no timers.");

    /// <summary>Runs what is posted and ends. Waits for that.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            if (thread != Thread.CurrentThread)
            {
                thread.Join();
            }
        }
    }

    private void Loop()
    {
        while (TryAwaitItem())
        {
            try
            {
                _queue.RunOne();
            }
            catch (Exception fault)
            {
                _onFault(Name, fault);
            }
        }
    }

    private bool TryAwaitItem()
    {
        lock (_gate)
        {
            while (_waiting == 0)
            {
                if (_stopping)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            _waiting--;
            return true;
        }
    }
}
