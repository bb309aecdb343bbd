using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Barnabas.Configuration;
using Barnabas.Kernel;
using Microsoft.Extensions.Logging;

namespace Barnabas.Host.Tests;

public sealed class NodeProcessTests : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly MetricRegistry _metrics = new();
    private readonly List<int> _endedNow = [];
    private readonly StreamLoggerFactory _loggers;

    public NodeProcessTests()
    {
        _loggers = new StreamLoggerFactory(_output, LogFormat.Text, LogLevel.Information, TimeProvider.System);
    }

    [Fact]
    public void A_signal_closes_the_node_in_order()
    {
        using StopSignals signals = new(_endedNow.Add);
        FakeNode node = new() { WhenOpened = () => signals.OnStop(PosixSignal.SIGTERM) };

        Assert.Equal(ExitCodes.Success, Run(node, signals));
        Assert.Equal(["open", "close"], node.Calls);
        Assert.Contains("Stopping on SIGTERM", Text(), StringComparison.Ordinal);
        Assert.Empty(_endedNow);
    }

    [Fact]
    public void Only_a_second_interrupt_ends_at_once()
    {
        using StopSignals signals = new(_endedNow.Add);
        signals.OnStop(PosixSignal.SIGTERM);
        signals.OnStop(PosixSignal.SIGTERM);
        signals.OnStop(PosixSignal.SIGINT);
        Assert.Empty(_endedNow);
        signals.OnStop(PosixSignal.SIGINT);
        Assert.Equal([130], _endedNow);
    }

    [Fact]
    public void A_signal_ends_an_opening_that_has_no_end()
    {
        using StopSignals signals = new(_endedNow.Add);
        FakeNode node = new() { NeverGetsReady = true, WhenOpened = () => signals.OnStop(PosixSignal.SIGTERM) };

        Assert.Equal(ExitCodes.Success, Run(node, signals));
        Assert.Equal(["open", "close"], node.Calls);
        Assert.DoesNotContain("Listening", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_thrown_once_the_node_is_open_closes_it()
    {
        using StopSignals signals = new(_endedNow.Add);
        FakeNode node = new() { WhenOpened = () => throw new InvalidOperationException("no more words") };

        Assert.Throws<InvalidOperationException>(() => Run(node, signals));
        Assert.Equal(["open", "close"], node.Calls);
    }

    [Fact]
    public void Health_is_served_before_the_node_is_ready()
    {
        int port = FreePort();
        List<HttpStatusCode> seen = [];
        using StopSignals signals = new(_endedNow.Add);
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        FakeNode node = new()
        {
            NeverGetsReady = true,
            WhenOpened = () =>
            {
                foreach (string page in (string[])["/health", "/ready"])
                {
                    using HttpRequestMessage request = new(HttpMethod.Get, page);
                    using HttpResponseMessage answer = client.Send(request);
                    seen.Add(answer.StatusCode);
                }

                signals.OnStop(PosixSignal.SIGTERM);
            },
        };

        Run(node, signals, $"barnabas.metrics.listener=127.0.0.1:{port}\n");
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable], seen);
    }

    [Fact]
    public void An_address_of_another_machine_for_metrics_does_not_keep_the_node_from_serving()
    {
        using StopSignals signals = new(_endedNow.Add);
        signals.OnStop(PosixSignal.SIGTERM);

        // Of a network that is kept for documentation (RFC 5737): no machine has it.
        Assert.Equal(ExitCodes.Success, Run(new FakeNode(), signals, "barnabas.metrics.listener=192.0.2.1:30242\n"));
        Assert.Contains("ERROR [host] No metrics, health and readiness at 192.0.2.1:30242", Text());
    }

    [Fact]
    public void A_node_that_cannot_open_says_why_and_is_closed()
    {
        using StopSignals signals = new(_endedNow.Add);
        FakeNode node = new() { RefusesToOpen = new NodeOpenException("/data is locked by another process") };

        Assert.Equal(ExitCodes.Failure, Run(node, signals));
        // In order: what was opened before is closed for the next start, which else would recover it.
        Assert.Equal(["open", "close"], node.Calls);
        Assert.Contains("Cannot start: /data is locked by another process", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_gives_up_ends_the_process_as_a_failure()
    {
        using StopSignals signals = new(_endedNow.Add);
        FakeNode node = new();
        node.Fail("all log directories are offline");

        Assert.Equal(ExitCodes.Failure, Run(node, signals));
        Assert.Equal(["open", "close"], node.Calls);
        Assert.Contains("all log directories are offline", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_without_effect_are_listed_in_one_line()
    {
        using StopSignals signals = new(_endedNow.Add);
        signals.OnStop(PosixSignal.SIGTERM);
        Run(new FakeNode(), signals, "num.io.threads=4\nbackground.threads=2\n");
        Assert.Contains(
            "Known keys without effect in this version: background.threads, num.io.threads\n",
            Text(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_health_and_readiness_are_served_while_the_node_runs()
    {
        Counter counter = new();
        counter.Add(42);
        _metrics.Add("kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec", "messages", counter);
        FakeNode node = new() { State = NodeState.Ready };
        using HttpClient client = new();
        using (MetricsServer server = MetricsServer.Start(new HostAndPort("127.0.0.1", 0), _metrics, node, _loggers))
        {
            Uri at = server.Address;
            string metrics = await client.GetStringAsync(new Uri(at, "/metrics"));
            Assert.Contains("kafka_server_brokertopicmetrics_messagesin_total 42\n", metrics, StringComparison.Ordinal);
            Assert.Equal("ok\n", await client.GetStringAsync(new Uri(at, "/health")));
            Assert.Equal("ready\n", await client.GetStringAsync(new Uri(at, "/ready")));
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(at, "/etc"))).StatusCode);
            Assert.Equal(
                HttpStatusCode.MethodNotAllowed,
                (await client.PostAsync(new Uri(at, "/metrics"), null)).StatusCode);

            node.State = NodeState.Closing;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync(new Uri(at, "/ready"))).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(at, "/health"))).StatusCode);
        }
    }

    [Fact]
    public void A_taken_metrics_port_does_not_keep_the_node_from_serving()
    {
        using System.Net.Sockets.TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using StopSignals signals = new(_endedNow.Add);
        signals.OnStop(PosixSignal.SIGTERM);

        Assert.Equal(ExitCodes.Success, Run(new FakeNode(), signals, $"barnabas.metrics.listener=127.0.0.1:{port}\n"));
        Assert.Contains("No metrics, health and readiness at 127.0.0.1", Text(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _metrics.Dispose();
        _output.Dispose();
    }

    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    private int Run(FakeNode node, StopSignals signals, string lines = "")
    {
        const string Single = """
            process.roles=broker,controller
            node.id=1
            controller.listener.names=CONTROLLER
            listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
            controller.quorum.voters=1@localhost:9093

            """;
        NodeConfigurationResult result = NodeConfiguration.Parse(PropertiesFile.Parse(Single + lines));
        Assert.Empty(result.Problems);
        return new NodeProcess(result.Configuration!, _loggers, _metrics).Run(node, signals, whenReady: null);
    }

    private string Text()
    {
        Assert.True(_loggers.Flush(TimeSpan.FromSeconds(60)));
        return Encoding.UTF8.GetString(_output.ToArray());
    }
}
