using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Broker.Tests;

/// <summary>A reactor that runs on the test's own thread, when the test says so, with a clock the test moves.</summary>
internal sealed class TestReactor : IReactor
{
    private readonly WorkQueue _queue = new();
    private readonly TimerWheel _wheel = new(new MonotonicTime(0));

    public string Name => "test";

    public bool IsCurrent { get; set; } = true;

    public MonotonicTime Now { get; private set; } = new(0);

    public void Post(WorkItem item) => _queue.Post(item);

    public void Arm(TimerItem timer, TimeSpan delay) => _wheel.Arm(timer, Now + delay);

    public void Disarm(TimerItem timer) => _wheel.Disarm(timer);

    public void Connect(IPEndPoint remote, IConnectionAcceptor acceptor) => throw new NotSupportedException();

    /// <summary>Runs what was posted, and what that posts.</summary>
    public void Run()
    {
        while (_queue.Drain() > 0)
        {
        }
    }

    public void Advance(TimeSpan by)
    {
        Now += by;
        _wheel.Advance(Now);
        Run();
    }
}
