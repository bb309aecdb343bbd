using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>Translates between batches and the produce request and response.</summary>
internal static class ProduceRequests
{
    /// <summary>The last version that names topics; from the next on they go by id (KIP-516).</summary>
    private const short LastWithNames = 12;

    public static (ProduceRequest Request, short Highest) Encode(
        ProduceCommand command, ClusterSnapshot cluster, ProducerOptions options)
    {
        ProduceRequest request = new()
        {
            Acks = (short)options.Acks,
            TimeoutMs = (int)options.RequestTimeout.TotalMilliseconds,
        };
        bool allIds = true;
        Dictionary<string, ProduceRequest.TopicProduceData> topics = new(StringComparer.Ordinal);
        foreach (ProducerBatch batch in command.Batches)
        {
            string name = batch.TopicPartition.Topic;
            if (!topics.TryGetValue(name, out ProduceRequest.TopicProduceData? topic))
            {
                Uuid id = cluster.Topics.TryGetValue(name, out TopicInfo? info) ? info.Id : Uuid.Zero;
                allIds &= !id.IsZero;
                topics.Add(name, topic = new ProduceRequest.TopicProduceData { Name = name, TopicId = id });
                request.TopicData.Add(topic);
            }

            topic.PartitionData.Add(new ProduceRequest.PartitionProduceData
            {
                Index = batch.TopicPartition.Partition,
                Records = batch.Bytes,
            });
        }

        return (request, allIds ? short.MaxValue : LastWithNames);
    }

    /// <summary>What the response says about each batch of the command, in their order.</summary>
    public static BatchResult[] Decode(ProduceCommand command, ProduceRequest request, ProduceResponse response)
    {
        Dictionary<(string Name, Uuid Id, int Partition), BatchResult> results = [];
        foreach (ProduceResponse.TopicProduceResponse topic in response.Responses)
        {
            foreach (ProduceResponse.PartitionProduceResponse partition in topic.PartitionResponses)
            {
                string? words = partition.RecordErrors.Count > 0
                    ? partition.RecordErrors[0].BatchIndexErrorMessage ?? partition.ErrorMessage
                    : partition.ErrorMessage;
                results[(topic.Name, topic.TopicId, partition.Index)] = new BatchResult(
                    (ErrorCode)partition.ErrorCode,
                    partition.BaseOffset,
                    partition.LogAppendTimeMs,
                    partition.LogStartOffset,
                    words);
            }
        }

        // A response names its topics or gives their ids, whichever its version has; the other is left at its default.
        Dictionary<string, Uuid> ids = new(StringComparer.Ordinal);
        foreach (ProduceRequest.TopicProduceData topic in request.TopicData)
        {
            ids[topic.Name] = topic.TopicId;
        }

        BatchResult[] decoded = new BatchResult[command.Batches.Count];
        for (int i = 0; i < decoded.Length; i++)
        {
            (string topic, int partition) = command.Batches[i].TopicPartition;
            decoded[i] = results.TryGetValue((topic, Uuid.Zero, partition), out BatchResult named)
                ? named
                : results.TryGetValue(("", ids[topic], partition), out BatchResult identified)
                    ? identified
                    : new BatchResult(
                        ErrorCode.UnknownServerError, Message: "the broker's answer left this partition out");
        }

        return decoded;
    }
}
