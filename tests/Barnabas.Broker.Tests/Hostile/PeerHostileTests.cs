using System.Net.Sockets;
using System.Text;
using Barnabas.Kernel;
using Barnabas.Platform;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>The same bad inputs, put to Apache Kafka: the table of outcomes is its, not our idea of it.</summary>
[Trait("Category", "Peer")]
public sealed class PeerHostileTests : IDisposable
{
    private const int Port = 19_482;

    private readonly string _folder = Directory.CreateTempSubdirectory("barnabas-peer").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PeerFact]
    public void Kafka_4_4_does_with_every_bad_input_what_the_table_says()
    {
        StringBuilder differences = new();
        bool asked = false;
        string output = ApacheKafka.RunBroker("4.4.0", Format(), until: () =>
        {
            if (!asked && IsServing())
            {
                MakeTopics();
                Compare(differences);
                CompareUnknownApiVersions(differences);
                asked = true;
            }

            return asked;
        });

        Assert.True(asked, output);
        Assert.True(differences.Length == 0, differences.ToString());
    }

    private static void Compare(StringBuilder differences)
    {
        IEnumerable<HostileInput> all = [.. FrameInputs.All(), .. RecordInputs.All(), .. AdminInputs.All()];
        foreach (HostileInput input in all)
        {
            string outcome = input.Outcome(Port);
            if (outcome != (input.Kafka ?? input.Expected))
            {
                differences.AppendLine($"{input}: Kafka {outcome}, the table {input.Kafka ?? input.Expected}");
            }
        }
    }

    private static void CompareUnknownApiVersions(StringBuilder differences)
    {
        using RawConnection connection = RawConnection.To(Port);
        connection.Send(Wire.Frame((short)ApiKey.ApiVersions, 99, [], correlationId: 0x01020304));
        byte[] reply = connection.Receive()!;
        if (!reply.AsSpan().SequenceEqual(FrameInputs.UnknownApiVersionsReply))
        {
            differences.AppendLine($"M6: Kafka {Convert.ToHexString(reply)}");
        }
    }

    private static bool IsServing()
    {
        try
        {
            using RawConnection connection = RawConnection.To(Port);
            MetadataResponse response = connection.Ask<MetadataResponse>(new MetadataRequest { Topics = [] }, 9);
            return response.Brokers.Count == 1;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void MakeTopics()
    {
        using RawConnection connection = RawConnection.To(Port);
        CreateTopicsRequest request = new() { TimeoutMs = 10_000 };
        request.Topics.Add(new() { Name = "t", NumPartitions = 1, ReplicationFactor = 1 });
        request.Topics.Add(new() { Name = "a.b", NumPartitions = 1, ReplicationFactor = 1 });
        CreateTopicsRequest.CreatableTopic compacted = new()
        {
            Name = "compacted",
            NumPartitions = 1,
            ReplicationFactor = 1,
        };
        compacted.Configs.Add(new() { Name = "cleanup.policy", Value = "compact" });
        request.Topics.Add(compacted);
        CreateTopicsResponse response = connection.Ask<CreateTopicsResponse>(request, 7);
        Assert.All(response.Topics, static topic => Assert.Equal(0, topic.ErrorCode));
        FindCoordinatorResponse found;
        do
        {
            Thread.Sleep(200);
            found = connection.Ask<FindCoordinatorResponse>(new FindCoordinatorRequest { Key = "g" }, 2);
        }
        while (found.ErrorCode == (short)ErrorCode.CoordinatorNotAvailable);

        // The partitions are led a moment after they are made.
        ProduceResponse produced;
        do
        {
            Thread.Sleep(200);
            produced = connection.Ask<ProduceResponse>(Wire.Produce("t", TestBatch.Of("first")), 9);
        }
        while (produced.Responses[0].PartitionResponses[0].ErrorCode != 0);
    }

    private string Format()
    {
        string data = Path.Combine(_folder, "data");
        using PlatformSeams platform = PlatformSeams.Create(new TransportOptions { OnFault = static (_, _) => { } });
        new StorageFormatter(platform.Seams.Disk, platform.Seams.Entropy, platform.Seams.Time).Format(new FormatOptions
        {
            ClusterId = TestNode.ClusterId,
            NodeId = 1,
            Directories = [data],
            MetadataDirectory = data,
            IsController = true,
            HasStaticVoters = true,
        });
        string path = Path.Combine(_folder, "server.properties");
        File.WriteAllText(
            path,
            $"""
            process.roles=broker,controller
            node.id=1
            listeners=PLAINTEXT://127.0.0.1:{Port},CONTROLLER://127.0.0.1:{Port + 1}
            controller.listener.names=CONTROLLER
            controller.quorum.voters=1@127.0.0.1:{Port + 1}
            log.dirs={data}
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=3
            group.initial.rebalance.delay.ms=0
            auto.create.topics.enable=false

            """);
        return path;
    }
}
