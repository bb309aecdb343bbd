using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// Sends what others send too, but without order or patience: pipelined requests of many kinds to topics that come and
/// go, with answers of any kind, and connections that are dropped in the middle.
/// </summary>
internal sealed class NoiseClient : Actor
{
    private readonly RecordBatchBuilder _builder = new(new CompressionCodecs(), 64 * 1024);

    public NoiseClient(NodeStory story, int number)
        : base(story, $"noise-{number}")
    {
    }

    protected override void Begin() => Later(0, 200, Act);

    private void Act()
    {
        if (Client.Unanswered < 20)
        {
            string topic = $"churn-{Random.Next(6)}";
            switch (Random.Next(5))
            {
                case 0:
                    AskMetadata(topic);
                    break;
                case 1:
                    Produce(topic);
                    break;
                case 2:
                    Fetch(topic);
                    break;
                case 3:
                    ApiVersionsRequest versions = new() { ClientSoftwareName = "noise", ClientSoftwareVersion = "1" };
                    Client.Send<ApiVersionsResponse>(versions, (short)Random.Next(4), static _ => { });
                    break;
                default:
                    ListOffsets(topic);
                    break;
            }
        }

        if (Random.OneIn(40))
        {
            Client.Disconnect();
        }

        Later(1, 60, Act);
    }

    private void AskMetadata(string topic)
    {
        MetadataRequest request = new() { AllowAutoTopicCreation = false };
        if (Random.OneIn(2))
        {
            request.Topics = null;
        }
        else
        {
            request.Topics!.Add(new() { Name = topic });
        }

        Client.Send<MetadataResponse>(request, (short)Random.Between(4, 12), static _ => { });
    }

    private void Produce(string topic)
    {
        _builder.Reset(new RecordBatchTemplate());
        _builder.TryAppend(Story.ClientTimeMs, OptionalBytes.Null, new byte[8 + Random.Next(500)]);
        ProduceRequest request = new()
        {
            Acks = Random.OneIn(2) ? (short)1 : (short)-1,
            TimeoutMs = 1000,
            TopicData = [new() { Name = topic, PartitionData = [new() { Records = _builder.Build().ToArray() }] }],
        };
        Client.Send<ProduceResponse>(request, (short)Random.Between(3, 12), static _ => { });
    }

    private void Fetch(string topic)
    {
        FetchRequest request = new() { MaxWaitMs = Random.Next(300), MinBytes = Random.Next(3000) };
        request.Topics.Add(new() { Topic = topic, Partitions = [new() { PartitionMaxBytes = 1 + Random.Next(3000) }] });
        Client.Send<FetchResponse>(request, (short)Random.Between(4, 12), static _ => { });
    }

    private void ListOffsets(string topic)
    {
        ListOffsetsRequest request = new() { ReplicaId = -1 };
        request.Topics.Add(new() { Name = topic, Partitions = [new() { Timestamp = Random.Between(-2, 0) }] });
        Client.Send<ListOffsetsResponse>(request, (short)Random.Between(1, 7), static _ => { });
    }
}
