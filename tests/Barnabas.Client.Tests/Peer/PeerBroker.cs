using System.Diagnostics;

namespace Barnabas.Client.Tests;

/// <summary>One Apache Kafka 4.4 node on loopback, started once for all tests that want it.</summary>
public sealed class PeerBroker : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("barnabas-peer-").FullName;
    private Process? _process;

    public string Address { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (SharedFolder.Launcher is null)
        {
            return;
        }

        int port = LoopbackPort.Free(20_000);
        int controller = LoopbackPort.Free(port + 1);
        Address = $"127.0.0.1:{port}";
        string properties = Path.Combine(_directory, "server.properties");
        await File.WriteAllTextAsync(properties, $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{controller}
            listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
            controller.listener.names=CONTROLLER
            log.dirs={Path.Combine(_directory, "data")}
            num.partitions=3
            offsets.topic.num.partitions=4
            offsets.topic.replication.factor=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            group.initial.rebalance.delay.ms=0
            """);
        SharedFolder.Run(
            "4.4.0", "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", properties);
        _process = SharedFolder.Start("4.4.0", "-Xmx512m", "kafka.Kafka", properties);
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await UntilReadyAsync();
    }

    public async Task DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task UntilReadyAsync()
    {
        await using KafkaAdmin admin = new(new AdminOptions
        {
            BootstrapServers = [BrokerAddress.Parse(Address)],
            CallTimeout = TimeSpan.FromSeconds(60),
        });
        await admin.DescribeClusterAsync();
    }
}
