using Barnabas.Broker;
using Barnabas.Configuration;
using Barnabas.Platform;
using Barnabas.Raft;
using Microsoft.Extensions.Logging;

namespace Barnabas.Host.Tests;

public sealed class NodeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("barnabas-host").FullName;
    private readonly MemoryStream _output = new();
    private readonly StreamLoggerFactory _loggers;
    private readonly MetricRegistry _metrics = new();

    public NodeTests()
    {
        _loggers = new StreamLoggerFactory(_output, LogFormat.Text, LogLevel.Information, TimeProvider.System);
    }

    [Fact]
    public void A_node_that_is_to_stop_does_not_wait_until_it_is_open()
    {
        Format(VoterSet.ParseDynamic("1@localhost:19393:JEXY6aqzQY-32P5TStzaFg", "CONTROLLER"));
        Node node = NewNode();
        node.Open(Task.CompletedTask);
        Assert.NotEqual(NodeState.Ready, node.State);
        node.Close(TimeSpan.FromSeconds(30));
        Assert.Equal(NodeState.Closed, node.State);
        Assert.True(File.Exists(Path.Combine(_folder, ".kafka_cleanshutdown")));
    }

    [Fact]
    public void A_quorum_without_voters_is_refused_in_a_sentence()
    {
        Format(voters: null);
        NodeOpenException refusal = Refuse();
        Assert.StartsWith(
            "This version serves a quorum of one controller, but the metadata names no voter and this node is 1:",
            refusal.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_quorum_of_another_node_is_refused_in_a_sentence()
    {
        Format(VoterSet.ParseDynamic("2@localhost:30211:JEXY6aqzQY-32P5TStzaFg", "CONTROLLER"));
        NodeOpenException refusal = Refuse();
        Assert.Contains(
            "but the voters are 2:JEXY6aqzQY-32P5TStzaFg and this node is 1:",
            refusal.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_shows_its_state_under_the_names_of_Kafka()
    {
        Format(VoterSet.ParseDynamic("1@localhost:19393:JEXY6aqzQY-32P5TStzaFg", "CONTROLLER"));
        Node node = NewNode();
        node.Open(new TaskCompletionSource().Task);
        try
        {
            string[] page = PrometheusText.Write(_metrics.Metrics).Split('\n');
            Assert.Contains("kafka_server_kafkaserver_brokerstate 3", page);
            Assert.Contains("kafka_controller_kafkacontroller_activecontrollercount 1", page);
            Assert.Contains("kafka_controller_kafkacontroller_activebrokercount 1", page);
            Assert.Contains("kafka_controller_kafkacontroller_fencedbrokercount 0", page);
            Assert.Contains("kafka_controller_kafkacontroller_offlinepartitionscount 0", page);
            Assert.Contains("kafka_server_replicamanager_partitioncount 0", page);
            Assert.Contains("kafka_log_logmanager_offlinelogdirectorycount 0", page);
            Assert.Contains("kafka_server_raft_metrics_current_leader 1", page);
            Assert.Contains("kafka_server_raft_metrics_current_state{state=\"leader\"} 1", page);
            Assert.Contains(
                "kafka_server_delayedoperationpurgatory_purgatorysize{delayedoperation=\"Produce\"} 0", page);
            Assert.DoesNotContain(page, static line => line.Contains("total_total", StringComparison.Ordinal));
        }
        finally
        {
            node.Close(TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public void A_file_in_the_place_of_the_log_directory_is_named()
    {
        string file = Path.Combine(_folder, "taken");
        File.WriteAllText(file, "");
        NodeOpenException refusal = Refuse($"log.dirs={file}");
        Assert.StartsWith("No log directory is usable: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _metrics.Dispose();
        _output.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private NodeOpenException Refuse(string lines = "")
    {
        Node node = NewNode(lines);
        try
        {
            return Assert.Throws<NodeOpenException>(() => node.Open(new TaskCompletionSource().Task));
        }
        finally
        {
            node.Close(TimeSpan.Zero);
        }
    }

    private Node NewNode(string lines = "")
    {
        NodeConfigurationResult result = NodeConfiguration.Parse(PropertiesFile.Parse(
            $"""
            process.roles=broker,controller
            node.id=1
            controller.listener.names=CONTROLLER
            listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0
            controller.quorum.bootstrap.servers=127.0.0.1:19393
            log.dirs={_folder}
            {lines}

            """));
        Assert.Empty(result.Problems);
        return new Node(result.Configuration!, _loggers, _metrics);
    }

    private void Format(VoterSet? voters) =>
        new StorageFormatter(new LinuxDisk(), new SystemEntropy(), TimeProvider.System).Format(new FormatOptions
        {
            ClusterId = "MkU3OEVBNTcwNTJENDM2Qk",
            NodeId = 1,
            Directories = [_folder],
            MetadataDirectory = _folder,
            IsController = true,
            HasStaticVoters = false,
            NoInitialControllers = voters is null,
            InitialControllers = voters,
        });
}
