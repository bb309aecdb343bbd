using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>
/// Asks leaders for offsets (ListOffsets); a leader that has moved is looked for until the call's end.
/// </summary>
internal sealed class OffsetQuery(ClientOptions options, BrokerConnections connections, ClusterMetadata metadata)
{
    public async Task<Dictionary<TopicPartition, ListedOffset>> AskAsync(
        IReadOnlyDictionary<TopicPartition, OffsetSpec> wanted,
        IsolationLevel isolation,
        TimeSpan timeout,
        CancellationToken cancellation)
    {
        MonotonicTime deadline = options.Time.Monotonic + timeout;
        Backoff backoff = new(options.RetryBackoff, options.RetryBackoffMax);
        Dictionary<TopicPartition, ListedOffset> found = [];
        for (int failures = 0; ; failures++)
        {
            KafkaException? problem = await AskOnceAsync(wanted, found, isolation, cancellation)
                .ConfigureAwait(false);
            if (found.Count == wanted.Count)
            {
                return found;
            }

            if (options.Time.Monotonic >= deadline)
            {
                throw new KafkaException(
                    ErrorCode.RequestTimedOut,
                        $"offsets were not found within {timeout}: {problem?.Message}", inner: problem);
            }

            metadata.Request();
            await Task.Delay(backoff.Wait(failures + 1, options.Entropy), options.Time, cancellation)
                .ConfigureAwait(false);
        }
    }

    private async Task<KafkaException?> AskOnceAsync(
        IReadOnlyDictionary<TopicPartition, OffsetSpec> wanted,
        Dictionary<TopicPartition, ListedOffset> found,
        IsolationLevel isolation,
        CancellationToken cancellation)
    {
        KafkaException? problem = null;
        ClusterSnapshot cluster = metadata.Current;
        SortedDictionary<int, List<TopicPartition>> byLeader = [];
        foreach (TopicPartition partition in wanted.Keys)
        {
            if (found.ContainsKey(partition))
            {
                continue;
            }

            int leader = cluster.Partition(partition)?.Leader ?? -1;
            if (leader < 0 || !cluster.Brokers.ContainsKey(leader))
            {
                problem = new KafkaException(ErrorCode.LeaderNotAvailable, $"{partition} has no known leader");
                continue;
            }

            if (!byLeader.TryGetValue(leader, out List<TopicPartition>? list))
            {
                byLeader.Add(leader, list = []);
            }

            list.Add(partition);
        }

        foreach ((int leader, List<TopicPartition> partitions) in byLeader)
        {
            try
            {
                KafkaConnection connection = await connections
                    .GetAsync(leader, ConnectionPurpose.Data, cluster.Brokers[leader].Address, cancellation)
                    .ConfigureAwait(false);
                CheckVersion(connection.Versions, partitions.Max(partition => wanted[partition].LowestVersion));
                ListOffsetsRequest request = Encode(partitions, wanted, cluster, isolation);
                ListOffsetsResponse response = await connection
                    .SendAsync<ListOffsetsResponse>(request, cancellation: cancellation).ConfigureAwait(false);
                problem = Decode(response, found) ?? problem;
            }
            catch (KafkaException error) when (error.IsRetriable)
            {
                problem = error;
            }
        }

        return problem;
    }

    private static void CheckVersion(BrokerVersions versions, short lowest)
    {
        if (versions.Pick(ApiKey.ListOffsets) < lowest)
        {
            throw new KafkaException(
                ErrorCode.UnsupportedVersion, $"the broker lacks version {lowest} of ListOffsets, which this needs");
        }
    }

    private static ListOffsetsRequest Encode(
        List<TopicPartition> partitions,
        IReadOnlyDictionary<TopicPartition, OffsetSpec> wanted,
        ClusterSnapshot cluster,
        IsolationLevel isolation)
    {
        ListOffsetsRequest request = new() { ReplicaId = -1, IsolationLevel = (sbyte)isolation };
        Dictionary<string, ListOffsetsRequest.ListOffsetsTopic> topics = new(StringComparer.Ordinal);
        foreach (TopicPartition partition in partitions)
        {
            if (!topics.TryGetValue(partition.Topic, out ListOffsetsRequest.ListOffsetsTopic? topic))
            {
                topics.Add(partition.Topic, topic = new ListOffsetsRequest.ListOffsetsTopic { Name = partition.Topic });
                request.Topics.Add(topic);
            }

            topic.Partitions.Add(new ListOffsetsRequest.ListOffsetsPartition
            {
                PartitionIndex = partition.Partition,
                CurrentLeaderEpoch = cluster.Partition(partition)?.LeaderEpoch ?? -1,
                Timestamp = wanted[partition].Timestamp,
            });
        }

        return request;
    }

    private static KafkaException? Decode(ListOffsetsResponse response, Dictionary<TopicPartition, ListedOffset> found)
    {
        KafkaException? problem = null;
        foreach (ListOffsetsResponse.ListOffsetsTopicResponse topic in response.Topics)
        {
            foreach (ListOffsetsResponse.ListOffsetsPartitionResponse partition in topic.Partitions)
            {
                TopicPartition name = new(topic.Name, partition.PartitionIndex);
                ErrorCode error = (ErrorCode)partition.ErrorCode;
                if (error == ErrorCode.None)
                {
                    found[name] = new ListedOffset(
                        new Offset(partition.Offset), partition.Timestamp, new LeaderEpoch(partition.LeaderEpoch));
                    continue;
                }

                problem = new KafkaException(error, $"offsets of {name}: {error}");
                if (!error.IsRetriable())
                {
                    throw problem;
                }
            }
        }

        return problem;
    }
}
