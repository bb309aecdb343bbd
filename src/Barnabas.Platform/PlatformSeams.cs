using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>The real twins of all seams, and their end.</summary>
public sealed class PlatformSeams : IDisposable
{
    private readonly IDisposable _network;
    private readonly ThreadScheduler _scheduler;

    private PlatformSeams(INetwork network, IDisposable networkOwner, IDisk disk, TransportOptions options)
    {
        _network = networkOwner;
        _scheduler = new ThreadScheduler(options.Time, options.OnFault);
        Seams = new NodeSeams(options.Time, new SystemEntropy(), disk, network, _scheduler);
    }

    public NodeSeams Seams { get; }

    /// <summary>Makes the best that this system has: system calls on Linux, the class library elsewhere.</summary>
    public static PlatformSeams Create(TransportOptions options) =>
        OperatingSystem.IsLinux() ? CreateForLinux(options) : CreatePortable(options);

    /// <summary>Makes the twins that stand on the class library alone.</summary>
    public static PlatformSeams CreatePortable(TransportOptions options)
    {
        SocketNetwork network = new(options);
        return new PlatformSeams(network, network, new PortableDisk(), options);
    }

    /// <summary>
    /// Closes the connections and ends the reactors, then lets the mailboxes run what was posted to them and ends
    /// those. Waits for all threads.
    /// </summary>
    public void Dispose()
    {
        _network.Dispose();
        _scheduler.Dispose();
    }

    private static PlatformSeams CreateForLinux(TransportOptions options)
    {
        EpollNetwork network = new(options);
        return new PlatformSeams(network, network, new LinuxDisk(), options);
    }
}
