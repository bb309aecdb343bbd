using System.Diagnostics;
using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

// Alone, because the limit holds for the whole process.
[Collection("Alone")]
public sealed class DescriptorShortageTests
{
    // Leaves this process three descriptors, opens ten connections to it, waits, and gives the descriptors back; then
    // wants a byte back from each connection. The other process does all of it, because this one could not even start
    // another while the shortage lasts.
    private const string Shortage = """
        import os, resource, socket, sys, time
        pid, port = int(sys.argv[1]), int(sys.argv[2])
        old = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")) + 3, old[1]))
        try:
            peers = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(10)]
            time.sleep(0.5)
        finally:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, old)
        for peer in peers:
            peer.settimeout(15)
            peer.sendall(b"x")
        print(sum(peer.recv(1) == b"x" for peer in peers))
        """;

    [Fact]
    public void Accepting_pauses_without_spinning_and_goes_on_when_descriptors_are_there_again()
    {
        using RealStage stage = new(PlatformSeams.Create);
        using IListener listener = stage.Seams.Network.Listen(
            new IPEndPoint(IPAddress.Loopback, 0), new TestAcceptor(echo: true));
        string[] arguments = ["-c", Shortage, $"{Environment.ProcessId}", $"{listener.Local.Port}"];
        using Process other = Process.Start(
            new ProcessStartInfo("python3", arguments) { RedirectStandardOutput = true })!;
        Assert.Equal("10", other.StandardOutput.ReadToEnd().Trim());
        other.WaitForExit();
        // A pause of 100 ms allows about six reports in that time, on a slow machine some more; a listener that spins
        // makes thousands.
        Assert.InRange(stage.Faults.Count, 1, 50);
    }
}
