using System.Diagnostics;
using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

// Alone, because the limit holds for the whole process.
[Collection("Alone")]
public sealed class DescriptorShortageTests
{
    // Opens ten connections, tells so, then wants a byte back from each.
    private const string Clients = """
        import socket, sys
        peers = [socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10) for _ in range(10)]
        print("connected", flush=True)
        for peer in peers:
            peer.settimeout(15)
            peer.sendall(b"x")
        print(sum(peer.recv(1) == b"x" for peer in peers), flush=True)
        """;

    [Fact]
    public void Accepting_pauses_without_spinning_and_goes_on_when_descriptors_are_there_again()
    {
        using RealStage stage = new(PlatformSeams.Create);
        using IListener listener = stage.Seams.Network.Listen(
            new IPEndPoint(IPAddress.Loopback, 0), new TestAcceptor(echo: true));
        string before = Limit();
        using Process clients = Start("python3", "-c", Clients, $"{listener.Local.Port}");
        try
        {
            SetLimit($"{Directory.GetFiles("/proc/self/fd").Length + 3}:");
            Assert.Equal("connected", clients.StandardOutput.ReadLine());
            stage.Pass(TimeSpan.FromMilliseconds(500));
            // A pause of 100 ms allows about five reports in this time; a spinning listener makes thousands.
            Assert.InRange(stage.Faults.Count, 1, 10);
        }
        finally
        {
            SetLimit(before);
        }

        Assert.Equal("10", clients.StandardOutput.ReadLine());
        clients.WaitForExit();
    }

    private static string Limit()
    {
        using Process prlimit = Start(
            "prlimit", "--pid", $"{Environment.ProcessId}", "--nofile", "--output", "SOFT", "--noheadings");
        return prlimit.StandardOutput.ReadToEnd().Trim() + ":";
    }

    private static void SetLimit(string soft)
    {
        using Process prlimit = Start("prlimit", "--pid", $"{Environment.ProcessId}", $"--nofile={soft}");
        prlimit.WaitForExit();
        Assert.Equal(0, prlimit.ExitCode);
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
}
