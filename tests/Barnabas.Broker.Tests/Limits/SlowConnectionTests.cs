using System.Diagnostics;
using System.Globalization;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>M2: many connections that each announce a large request and send next to nothing of it.</summary>
[Collection(AloneCollection.Name)]
public sealed class SlowConnectionTests
{
    private const int Wanted = 10_000;

    // The other ends of the connections, in a process of its own: both in one would need twice the open files. Each
    // announces 100 MiB, sends a little of it, then a byte more, and stays.
    private const string Clients = """
        import resource, socket, sys
        port, count = int(sys.argv[1]), int(sys.argv[2])
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        peers = []
        for _ in range(count):
            peers.append(socket.create_connection(("127.0.0.1", port), 30))
            peers[-1].sendall(bytes([6, 64, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1]))
        for peer in peers:
            peer.sendall(b"\0")
        print("sent", flush=True)
        sys.stdin.read()
        """;

    [Fact]
    public async Task M2_ten_thousand_announced_large_requests_cost_little_and_disturb_nobody()
    {
        int connections = Math.Min(Wanted, OpenFilesMax() - 1_000);
        Assert.True(connections >= 100, $"The limit of open files ({OpenFilesMax()}) is too low to try this.");
        using TestNode node = TestNode.Start();
        node.CreateTopic("t");
        using RawConnection healthy = node.Connect();
        Produce(healthy);
        long before = ResidentBytes();
        long accepted = node.Broker.ConnectionCounters.Accepted.Value;
        long closed = node.Broker.ConnectionCounters.Closed.Value;
        using Process clients = Process.Start(
            new ProcessStartInfo("python3", ["-c", Clients, $"{node.Port}", $"{connections}"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        try
        {
            Task<string?> sent = clients.StandardOutput.ReadLineAsync();
            while (!sent.IsCompleted)
            {
                Produce(healthy);
                await Task.Delay(20);
            }

            Assert.Equal("sent", await sent);
            Produce(healthy);
            long growth = ResidentBytes() - before;
            Assert.True(
                growth < 200 << 20,
                string.Create(CultureInfo.InvariantCulture, $"{connections} connections took {growth >> 20} MiB."));
            Assert.Equal(connections, node.Broker.ConnectionCounters.Accepted.Value - accepted);
            Assert.Equal(closed, node.Broker.ConnectionCounters.Closed.Value);
            Assert.Equal(0, node.Broker.ConnectionCounters.OutOfMemory.Value);
            Assert.Empty(node.Faults);
        }
        finally
        {
            clients.Kill();
            clients.WaitForExit();
        }
    }

    private static void Produce(RawConnection connection)
    {
        Stopwatch clock = Stopwatch.StartNew();
        ProduceResponse response = connection.Ask<ProduceResponse>(Wire.Produce("t", TestBatch.Of("v")), 9);
        Assert.Equal(ErrorCode.None, (ErrorCode)response.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"A healthy client waited {clock.Elapsed}.");
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static int OpenFilesMax()
    {
        const string Line = "Max open files";
        string? found = File.Exists("/proc/self/limits")
            ? File.ReadLines("/proc/self/limits")
                .FirstOrDefault(static line => line.StartsWith(Line, StringComparison.Ordinal))
            : null;
        string? soft = found?[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return int.TryParse(soft, CultureInfo.InvariantCulture, out int limit) ? limit : int.MaxValue;
    }
}
