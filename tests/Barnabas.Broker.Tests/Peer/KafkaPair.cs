using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Barnabas.Kernel;
using Barnabas.Platform;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Broker.Tests;

/// <summary>
/// This node and Apache Kafka 4.4 side by side, with the same configuration and topics. A story is told to both, and
/// their answers are compared field by field.
/// </summary>
public sealed class KafkaPair : IDisposable
{
    /// <summary>What both are configured with behind the usual lines. The records of the stories are old.</summary>
    public const string Properties =
        "log.retention.ms=9000000000000\nmessage.max.bytes=2000000\nlog.segment.bytes=10485760";

    private const string Absent = "(absent)";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("barnabas-pair").FullName;
    private readonly TestNode? _node;
    private readonly Process? _kafka;
    private readonly int _kafkaPort;

    public KafkaPair()
    {
        if (ApacheKafka.Script is null)
        {
            return;
        }

        _kafkaPort = FreePort();
        _kafka = ApacheKafka.Start("4.4.0", "kafka.Kafka", Format());
        Task output = _kafka.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        Task errors = _kafka.StandardError.BaseStream.CopyToAsync(Stream.Null);
        _node = TestNode.Start(Properties);
        AwaitKafka(Task.WhenAll(output, errors));
        MakeTopics(_node.Port);
        MakeTopics(_kafkaPort);
    }

    private Masks Ours => new(_node!.Data, _node.Port, _node.ControllerPort);

    private Masks Theirs => new(Data, _kafkaPort, _kafkaPort + 1);

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Tells the story to both. What differs must be intended, and what is intended must differ.</summary>
    internal void Compare(Action<Dialogue> story, params Intended[] intended)
    {
        SortedDictionary<string, string> kafka = Tell(story, _kafkaPort, Theirs);
        SortedDictionary<string, string> here = Tell(story, _node!.Port, Ours);
        Assert.Empty(_node.Faults);
        HashSet<Intended> unused = [.. intended];
        List<string> differences = [];
        string? absent = null;
        foreach (string key in kafka.Keys.Union(here.Keys).Order(StringComparer.Ordinal))
        {
            string theirs = kafka.GetValueOrDefault(key, Absent);
            string ours = here.GetValueOrDefault(key, Absent);
            if (theirs == ours || SaysMore(key, theirs, ours) || IsWithin(key, absent))
            {
                continue;
            }

            if (theirs == Absent || ours == Absent)
            {
                absent = key;
            }

            Intended? known = Array.Find(intended, known => Regex.IsMatch(key, known.Where));
            if (known is null)
            {
                differences.Add($"{key}: Kafka {theirs}, here {ours}");
            }
            else
            {
                unused.Remove(known);
            }
        }

        differences.AddRange(unused.Select(static known => $"{known.Where}: said to differ, and does not"));
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    public void Dispose()
    {
        _node?.Dispose();
        if (_kafka is not null)
        {
            _kafka.Kill(entireProcessTree: true);
            _kafka.WaitForExit();
            _kafka.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A message may go on where Kafka's ends: with what would be allowed, say.</summary>
    private static bool SaysMore(string key, string theirs, string ours) =>
        key.EndsWith("Message", StringComparison.Ordinal)
        && theirs.Length > 2
        && theirs != Absent
        && theirs != "null"
        && ours.StartsWith(theirs[..^1], StringComparison.Ordinal);

    /// <summary>What is absent as a whole is told once.</summary>
    private static bool IsWithin(string key, string? absent) =>
        absent is not null && key.Length > absent.Length && key.StartsWith(absent, StringComparison.Ordinal);

    private static SortedDictionary<string, string> Tell(Action<Dialogue> story, int port, Masks masks)
    {
        using Dialogue dialogue = new(port, masks);
        story(dialogue);
        return dialogue.Answers;
    }

    private static int FreePort()
    {
        // Two in a row: the listener of the clients and that of the controller.
        while (true)
        {
            using TcpListener first = new(IPAddress.Loopback, 0);
            first.Start();
            int port = ((IPEndPoint)first.LocalEndpoint).Port;
            using TcpListener second = new(IPAddress.Loopback, port + 1);
            try
            {
                second.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another pair.
            }
        }
    }

    private static void MakeTopics(int port)
    {
        using RawConnection connection = RawConnection.To(port);
        CreateTopicsRequest request = new() { TimeoutMs = 10_000 };
        CreateTopicsRequest.CreatableTopic plain = new() { Name = "t", NumPartitions = 2, ReplicationFactor = 1 };
        CreateTopicsRequest.CreatableTopic set = new() { Name = "set", NumPartitions = 1, ReplicationFactor = 1 };
        set.Configs.Add(new() { Name = "retention.ms", Value = "8000000000000" });
        set.Configs.Add(new() { Name = "max.message.bytes", Value = "1500" });
        request.Topics.AddRange([plain, set]);
        CreateTopicsResponse response = connection.Ask<CreateTopicsResponse>(request, 7);
        Assert.All(response.Topics, static topic => Assert.Equal(0, topic.ErrorCode));
        Await(() => connection.Ask<FindCoordinatorResponse>(new FindCoordinatorRequest { Key = "g" }, 2).ErrorCode);
        foreach (string topic in (string[])["t", "set"])
        {
            ProduceRequest produce = Wire.Produce(topic, TestBatch.Of(new RecordBatchTemplate(), 1_000_000, "a", "b"));
            Await(() =>
                connection.Ask<ProduceResponse>(produce, 9).Responses[0].PartitionResponses[0].ErrorCode);
        }

        // A coordinator loads its partition a moment after it is made.
        Await(() => connection.Ask<HeartbeatResponse>(
            new HeartbeatRequest { GroupId = "g", MemberId = "x", GenerationId = 1 }, 4).ErrorCode
            is (short)ErrorCode.CoordinatorLoadInProgress or (short)ErrorCode.NotCoordinator
            ? (short)1
            : (short)0);
    }

    private static void Await(Func<short> error)
    {
        var clock = Stopwatch.StartNew();
        while (error() is var code && code != 0)
        {
            Assert.True(clock.Elapsed < Patience, $"Still {(ErrorCode)code}.");
            Thread.Sleep(100);
        }
    }

    private void AwaitKafka(Task ended)
    {
        var clock = Stopwatch.StartNew();
        while (!IsServing(_kafkaPort))
        {
            Assert.False(ended.IsCompleted, "Apache Kafka ended by itself.");
            Assert.True(clock.Elapsed < Patience, "Apache Kafka did not get ready in time.");
            Thread.Sleep(200);
        }
    }

    private static bool IsServing(int port)
    {
        try
        {
            using RawConnection connection = RawConnection.To(port);
            return connection.Ask<MetadataResponse>(new MetadataRequest { Topics = [] }, 9).Brokers.Count == 1;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string Format()
    {
        using PlatformSeams platform = PlatformSeams.Create(new TransportOptions { OnFault = static (_, _) => { } });
        new StorageFormatter(platform.Seams.Disk, platform.Seams.Entropy, platform.Seams.Time).Format(new FormatOptions
        {
            ClusterId = TestNode.ClusterId,
            NodeId = 1,
            Directories = [Data],
            MetadataDirectory = Data,
            IsController = true,
            HasStaticVoters = true,
        });
        string path = Path.Combine(_folder, "server.properties");
        string controller = (_kafkaPort + 1).ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(
            path,
            $"""
            process.roles=broker,controller
            node.id=1
            controller.listener.names=CONTROLLER
            listeners=PLAINTEXT://127.0.0.1:{_kafkaPort},CONTROLLER://127.0.0.1:{controller}
            controller.quorum.voters=1@127.0.0.1:{controller}
            log.dirs={Data}
            metadata.log.dir={Data}
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=3
            group.initial.rebalance.delay.ms=0
            auto.create.topics.enable=false
            {Properties}

            """);
        return path;
    }
}
