using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>The calls of <see cref="KafkaAdmin"/> about topics.</summary>
internal sealed class AdminTopics(AdminOptions options, AdminCalls calls)
{
    private int TimeoutMs => (int)options.RequestTimeout.TotalMilliseconds;

    public async Task<IReadOnlyList<AdminResult>> CreateAsync(
        IReadOnlyCollection<NewTopic> topics, bool validateOnly, CancellationToken cancellation)
    {
        CreateTopicsRequest request = new() { TimeoutMs = TimeoutMs, ValidateOnly = validateOnly };
        foreach (NewTopic topic in topics)
        {
            request.Topics.Add(Encode(topic));
        }

        CreateTopicsResponse response = await calls.AnyAsync<CreateTopicsResponse>(
            _ => request,
            static answer => FirstRetriable(answer.Topics.Select(topic => topic.ErrorCode)),
            cancellation,
            repeatable: validateOnly).ConfigureAwait(false);
        return [.. response.Topics.Select(t => new AdminResult(t.Name, (ErrorCode)t.ErrorCode, t.ErrorMessage))];
    }

    public async Task<IReadOnlyList<AdminResult>> DeleteAsync(
        IReadOnlyCollection<string> topics, CancellationToken cancellation)
    {
        DeleteTopicsResponse response = await calls.AnyAsync<DeleteTopicsResponse>(
            versions => EncodeDelete(topics, versions),
            // A topic that is not there is the answer, not a reason to wait for it.
            static answer => ErrorCode.None,
            cancellation,
            repeatable: false).ConfigureAwait(false);
        return
        [
            .. response.Responses.Select(
                topic => new AdminResult(topic.Name ?? "", (ErrorCode)topic.ErrorCode, topic.ErrorMessage)),
        ];
    }

    public async Task<AdminResult> AddPartitionsAsync(
        string topic, int count, IReadOnlyList<IReadOnlyList<int>>? assignment, CancellationToken cancellation)
    {
        CreatePartitionsRequest.CreatePartitionsTopic asked = new() { Name = topic, Count = count, Assignments = null };
        if (assignment is not null)
        {
            asked.Assignments = [];
            foreach (IReadOnlyList<int> replicas in assignment)
            {
                CreatePartitionsRequest.CreatePartitionsAssignment one = new();
                one.BrokerIds.AddRange(replicas);
                asked.Assignments.Add(one);
            }
        }

        CreatePartitionsRequest request = new() { TimeoutMs = TimeoutMs };
        request.Topics.Add(asked);
        CreatePartitionsResponse response = await calls.AnyAsync<CreatePartitionsResponse>(
            _ => request,
            static answer => ErrorCode.None,
            cancellation,
            repeatable: false).ConfigureAwait(false);
        CreatePartitionsResponse.CreatePartitionsTopicResult result = response.Results.Count == 1
            ? response.Results[0]
            : throw new KafkaException(
                ErrorCode.CorruptMessage, "CreatePartitions was answered for another number of topics");
        return new AdminResult(result.Name, (ErrorCode)result.ErrorCode, result.ErrorMessage);
    }

    public async Task<IReadOnlyList<TopicDescription>> ListAsync(CancellationToken cancellation) =>
        await MetadataAsync(null, cancellation).ConfigureAwait(false);

    public async Task<IReadOnlyList<TopicDescription>> DescribeAsync(
        IReadOnlyCollection<string> topics, int? partitionsPerResponse, CancellationToken cancellation)
    {
        if (topics.Count == 0)
        {
            return [];
        }

        KafkaConnection connection = await calls.BrokerAsync(
            (await calls.ClusterAsync(cancellation).ConfigureAwait(false)).Brokers.Keys.Min(), cancellation)
            .ConfigureAwait(false);
        return connection.Versions.Knows(ApiKey.DescribeTopicPartitions)
            ? await PagedAsync(topics, partitionsPerResponse, cancellation).ConfigureAwait(false)
            : await MetadataAsync(topics, cancellation).ConfigureAwait(false);
    }

    private static CreateTopicsRequest.CreatableTopic Encode(NewTopic topic)
    {
        CreateTopicsRequest.CreatableTopic asked = new()
        {
            Name = topic.Name,
            NumPartitions = topic.Partitions ?? -1,
            ReplicationFactor = topic.ReplicationFactor ?? -1,
        };
        for (int i = 0; i < (topic.Assignment?.Count ?? 0); i++)
        {
            CreateTopicsRequest.CreatableReplicaAssignment replicas = new() { PartitionIndex = i };
            replicas.BrokerIds.AddRange(topic.Assignment![i]);
            asked.Assignments.Add(replicas);
        }

        foreach ((string name, string value) in topic.Configs ?? new Dictionary<string, string>())
        {
            asked.Configs.Add(new CreateTopicsRequest.CreatableTopicConfig { Name = name, Value = value });
        }

        return asked;
    }

    private DeleteTopicsRequest EncodeDelete(IReadOnlyCollection<string> topics, BrokerVersions versions)
    {
        DeleteTopicsRequest request = new() { TimeoutMs = TimeoutMs };
        foreach (string topic in topics)
        {
            // Version 6 deletes by name or id, each topic in a struct of its own.
            if (versions.Pick(ApiKey.DeleteTopics) >= 6)
            {
                request.Topics.Add(new DeleteTopicsRequest.DeleteTopicState { Name = topic });
            }
            else
            {
                request.TopicNames.Add(topic);
            }
        }

        return request;
    }

    private static ErrorCode FirstRetriable(IEnumerable<short> errors)
    {
        foreach (short error in errors)
        {
            if (((ErrorCode)error).IsRetriable())
            {
                return (ErrorCode)error;
            }
        }

        return ErrorCode.None;
    }

    private async Task<List<TopicDescription>> PagedAsync(
        IReadOnlyCollection<string> topics, int? partitionsPerResponse, CancellationToken cancellation)
    {
        Dictionary<string, (Uuid Id, bool IsInternal, List<PartitionDescription> Partitions)> found =
            new(StringComparer.Ordinal);
        DescribeTopicPartitionsRequest request = new();
        request.ResponsePartitionLimit = partitionsPerResponse ?? request.ResponsePartitionLimit;
        foreach (string topic in topics.Order(StringComparer.Ordinal))
        {
            request.Topics.Add(new DescribeTopicPartitionsRequest.TopicRequest { Name = topic });
        }

        while (true)
        {
            DescribeTopicPartitionsResponse page = await calls.AnyAsync<DescribeTopicPartitionsResponse>(
                _ => request, static answer => ErrorCode.None, cancellation).ConfigureAwait(false);
            foreach (DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic topic in page.Topics)
            {
                Keep(topic, found);
            }

            if (page.NextCursor is not { } next)
            {
                return
                [
                    .. found.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new TopicDescription(
                        pair.Key, pair.Value.Id, pair.Value.IsInternal, pair.Value.Partitions)),
                ];
            }

            request.Cursor = new DescribeTopicPartitionsRequest.CursorData
            {
                TopicName = next.TopicName,
                PartitionIndex = next.PartitionIndex,
            };
        }
    }

    private static void Keep(
        DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic topic,
        Dictionary<string, (Uuid Id, bool IsInternal, List<PartitionDescription> Partitions)> found)
    {
        ErrorCode error = (ErrorCode)topic.ErrorCode;
        if (topic.Name is not { } name || error == ErrorCode.UnknownTopicOrPartition)
        {
            return;
        }

        new AdminResult(name, error, null).ThrowIfFailed();
        if (!found.TryGetValue(name, out (Uuid Id, bool IsInternal, List<PartitionDescription> Partitions) known))
        {
            found.Add(name, known = (topic.TopicId, topic.IsInternal, []));
        }

        foreach (DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition partition in topic.Partitions)
        {
            known.Partitions.Add(new PartitionDescription(
                partition.PartitionIndex,
                partition.LeaderId,
                partition.ReplicaNodes,
                partition.IsrNodes,
                partition.EligibleLeaderReplicas,
                partition.LastKnownElr));
        }
    }

    private async Task<List<TopicDescription>> MetadataAsync(
        IReadOnlyCollection<string>? topics, CancellationToken cancellation)
    {
        MetadataRequest request = new() { AllowAutoTopicCreation = false, Topics = null };
        if (topics is not null)
        {
            request.Topics = [.. topics.Select(topic => new MetadataRequest.MetadataRequestTopic { Name = topic })];
        }

        MetadataResponse response = await calls.AnyAsync<MetadataResponse>(
            _ => request,
            static answer => answer.Brokers.Count == 0 ? ErrorCode.NotController : ErrorCode.None,
            cancellation).ConfigureAwait(false);
        List<TopicDescription> described = [];
        foreach (MetadataResponse.MetadataResponseTopic topic in response.Topics)
        {
            if (topic.ErrorCode != (short)ErrorCode.UnknownTopicOrPartition && topic.Name is { } name)
            {
                new AdminResult(name, (ErrorCode)topic.ErrorCode, null).ThrowIfFailed();
                described.Add(new TopicDescription(name, topic.TopicId, topic.IsInternal,
                [
                    .. topic.Partitions.OrderBy(partition => partition.PartitionIndex).Select(partition =>
                        new PartitionDescription(
                            partition.PartitionIndex,
                                partition.LeaderId, partition.ReplicaNodes, partition.IsrNodes, null, null)),
                ]));
            }
        }

        described.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        return described;
    }
}
