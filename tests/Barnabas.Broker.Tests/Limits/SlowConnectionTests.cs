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

    [Fact]
    public void M2_thousands_of_announced_large_requests_cost_little_and_disturb_nobody()
    {
        // Both ends of each connection are in this process.
        int connections = Math.Min(Wanted, (OpenFilesMax() - 1_000) / 2);
        Assert.True(connections >= 100, $"The limit of open files ({OpenFilesMax()}) is too low to try this.");
        using TestNode node = TestNode.Start();
        node.CreateTopic("t");
        using RawConnection healthy = node.Connect();
        Produce(healthy);
        long before = ResidentBytes();
        List<RawConnection> slow = [];
        byte[] announced = [.. Wire.WithLength(100 << 20, [0, 0, 0, 9, 0, 0, 0, 1])];
        Stopwatch clock = Stopwatch.StartNew();
        try
        {
            for (int i = 0; i < connections; i++)
            {
                RawConnection connection = node.Connect();
                slow.Add(connection);
                connection.Send(announced);
                if (i % 500 == 0)
                {
                    Produce(healthy);
                }
            }

            foreach (RawConnection connection in slow)
            {
                connection.Send([0]);
            }

            while (node.Broker.ConnectionCounters.Accepted.Value < connections
                && clock.Elapsed < TimeSpan.FromSeconds(40))
            {
                Thread.Sleep(20);
            }

            Produce(healthy);
            long growth = ResidentBytes() - before;
            Assert.True(
                growth < 200 << 20,
                string.Create(CultureInfo.InvariantCulture, $"{connections} connections took {growth >> 20} MiB."));
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"took {clock.Elapsed}");
            Assert.Equal(0, node.Broker.ConnectionCounters.OutOfMemory.Value);
            Assert.Empty(node.Faults);
        }
        finally
        {
            slow.ForEach(static connection => connection.Dispose());
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
