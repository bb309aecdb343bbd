using System.Net;
using Barnabas.Kernel;
using Barnabas.Platform;
using Barnabas.TransportSpike;

// A minimal broker over the network and disk seams, to compare transports: spike epoll|sockets PORT DIRECTORY
// [REACTORS]
if (args.Length < 3)
{
    Console.Error.WriteLine("usage: spike epoll|sockets PORT DIRECTORY [REACTORS]");
    return 2;
}

TransportOptions options = new()
{
    Reactors = args.Length > 3 ? int.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture) : 1,
    OnFault = static (name, fault) => Console.Error.WriteLine($"{name}: {fault}"),
};
int port = int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture);
using PlatformSeams platform = args[0] == "sockets"
    ? PlatformSeams.CreatePortable(options)
    : PlatformSeams.Create(options);
// Both transports write through the same disk, so that only the network differs.
SpikeLogs logs = new(new LinuxDisk(), args[2]);
using IListener listener = platform.Seams.Network.Listen(
    new IPEndPoint(IPAddress.Loopback, port), new SpikeAcceptor(logs, new BufferPool(), port));
using ManualResetEventSlim end = new();
using var terminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(
    System.Runtime.InteropServices.PosixSignal.SIGTERM,
    context =>
    {
        context.Cancel = true;
        end.Set();
    });
end.Wait();
return 0;
