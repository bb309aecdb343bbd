using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

internal sealed class RealStage : Stage
{
    private readonly TemporaryDirectory _directory = new();
    private readonly PlatformSeams _platform;

    public RealStage(Func<TransportOptions, PlatformSeams> create)
    {
        _platform = create(new TransportOptions
        {
            Reactors = 2,
            SendBufferBytes = 64 * 1024,
            ReceiveBufferBytes = 64 * 1024,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            OnFault = (_, fault) => Faults.Enqueue(fault),
        });
    }

    public ConcurrentQueue<Exception> Faults { get; } = new();

    public override NodeSeams Seams => _platform.Seams;

    public override IPEndPoint Anywhere => new(IPAddress.Loopback, 0);

    public override string Directory => _directory.Path;

    public override void Until(Func<bool> condition)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), "the condition does not come true");
            Thread.Sleep(1);
        }
    }

    public override void Pass(TimeSpan time) => Thread.Sleep(time);

    protected override void Dispose(bool disposing)
    {
        _platform.Dispose();
        _directory.Dispose();
    }
}
