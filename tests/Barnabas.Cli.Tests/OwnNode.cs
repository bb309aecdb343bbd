using System.Diagnostics;
using Barnabas.Client;
using Barnabas.Client.Tests;

namespace Barnabas.Cli.Tests;

/// <summary>A node of this checkout on loopback, in a process that can be killed and started again.</summary>
public sealed class OwnNode : IAsyncLifetime
{
    private readonly int _port = LoopbackPort.Free(Random.Shared.Next(20_000, 30_000));
    private Process? _process;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("barnabas-cli-").FullName;

    public string Address => $"127.0.0.1:{_port}";

    public string Data => Path.Combine(Directory, "data");

    public string Properties => Path.Combine(Directory, "server.properties");

    public async Task InitializeAsync()
    {
        int controller = LoopbackPort.Free(_port + 1);
        await File.WriteAllTextAsync(Properties, $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{controller}
            listeners=PLAINTEXT://127.0.0.1:{_port},CONTROLLER://127.0.0.1:{controller}
            controller.listener.names=CONTROLLER
            log.dirs={Data}
            offsets.topic.num.partitions=1
            offsets.topic.replication.factor=1
            group.initial.rebalance.delay.ms=0
            log.index.interval.bytes=100
            """);
        ToolResult formatted = OwnTool.Run("", "storage", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", Properties);
        Assert.True(formatted.ExitCode == 0, formatted.Error);
        await StartAsync();
    }

    /// <summary>Starts it and waits until it answers.</summary>
    public async Task StartAsync()
    {
        _process = OwnTool.Start("server-start", Properties);
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await using KafkaAdmin admin = new(new AdminOptions { BootstrapServers = [BrokerAddress.Parse(Address)] });
        await admin.DescribeClusterAsync();
    }

    /// <summary>Ends it without a warning.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    public async Task DisposeAsync()
    {
        await KillAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
