using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>Reads and writes a group's committed offsets, following its coordinator.</summary>
internal sealed class GroupOffsets(
    ConsumerOptions options, CoordinatorFinder coordinator, GroupMembership membership, Lock gate)
{
    // From version 10 on topics go by id; names serve every broker this client meets.
    private const short CommitHighest = 9;
    private const short FetchHighest = 9;

    private readonly Backoff _backoff = new(options.RetryBackoff, options.RetryBackoffMax);

    /// <summary>Commits as the member this consumer is, so that an expelled member's commit is refused.</summary>
    /// <exception cref="KafkaException">
    /// <see cref="ErrorCode.IllegalGeneration"/>, <see cref="ErrorCode.UnknownMemberId"/> or
    /// <see cref="ErrorCode.RebalanceInProgress"/>: the partitions may belong to others now. Nothing is committed, or a
    /// part of it.
    /// </exception>
    public async Task CommitAsync(
        IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellation)
    {
        if (offsets.Count == 0)
        {
            return;
        }

        MonotonicTime deadline = options.Time.Monotonic + options.CallTimeout;
        for (int failures = 1; ; failures++)
        {
            ErrorCode error = await CommitOnceAsync(offsets, cancellation).ConfigureAwait(false);
            if (error == ErrorCode.None)
            {
                return;
            }

            bool again = GroupRules.On(ApiKey.OffsetCommit, error)
                is GroupReaction.Repeat or GroupReaction.FindCoordinator;
            if (!again || options.Time.Monotonic >= deadline)
            {
                throw new KafkaException(error, $"group {options.GroupId}: the commit was refused: {error}");
            }

            await Task.Delay(_backoff.Wait(failures, options.Entropy), options.Time, cancellation)
                .ConfigureAwait(false);
        }
    }

    /// <summary>The committed offsets of these partitions; those without one are left out.</summary>
    public async Task<Dictionary<TopicPartition, CommittedOffset>> FetchAsync(
        IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation)
    {
        MonotonicTime deadline = options.Time.Monotonic + options.CallTimeout;
        for (int failures = 1; ; failures++)
        {
            Dictionary<TopicPartition, CommittedOffset> found = [];
            ErrorCode error = await FetchOnceAsync(partitions, found, cancellation).ConfigureAwait(false);
            if (error == ErrorCode.None)
            {
                return found;
            }

            GroupReaction reaction = GroupRules.On(ApiKey.OffsetFetch, error);
            if (reaction == GroupReaction.FindCoordinator)
            {
                coordinator.Forget();
            }

            if (reaction == GroupReaction.Fail || options.Time.Monotonic >= deadline)
            {
                throw new KafkaException(error, $"group {options.GroupId}: committed offsets: {error}");
            }

            await Task.Delay(_backoff.Wait(failures, options.Entropy), options.Time, cancellation)
                .ConfigureAwait(false);
        }
    }

    private async Task<ErrorCode> CommitOnceAsync(
        IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellation)
    {
        OffsetCommitRequest request = new() { GroupId = options.GroupId! };
        lock (gate)
        {
            request.GenerationIdOrMemberEpoch = membership.Generation;
            request.MemberId = membership.MemberId;
            request.GroupInstanceId = membership.MemberId.Length > 0 ? options.GroupInstanceId : null;
        }

        Dictionary<string, OffsetCommitRequest.OffsetCommitRequestTopic> topics = new(StringComparer.Ordinal);
        foreach ((TopicPartition partition, CommittedOffset offset) in offsets)
        {
            if (!topics.TryGetValue(partition.Topic, out OffsetCommitRequest.OffsetCommitRequestTopic? topic))
            {
                topics.Add(partition.Topic, topic =
                    new OffsetCommitRequest.OffsetCommitRequestTopic { Name = partition.Topic });
                request.Topics.Add(topic);
            }

            topic.Partitions.Add(new OffsetCommitRequest.OffsetCommitRequestPartition
            {
                PartitionIndex = partition.Partition,
                CommittedOffset = offset.Offset.Value,
                CommittedMetadata = offset.Metadata,
            });
        }

        try
        {
            KafkaConnection connection = await coordinator.ConnectAsync(cancellation).ConfigureAwait(false);
            OffsetCommitResponse response = await connection
                .SendAsync<OffsetCommitResponse>(request, CommitHighest, cancellation: cancellation)
                    .ConfigureAwait(false);
            return FirstError(response, request.GenerationIdOrMemberEpoch);
        }
        catch (KafkaException error) when (error.IsRetriable)
        {
            coordinator.Forget();
            return ErrorCode.CoordinatorNotAvailable;
        }
    }

    private ErrorCode FirstError(OffsetCommitResponse response, int generation)
    {
        foreach (OffsetCommitResponse.OffsetCommitResponseTopic topic in response.Topics)
        {
            foreach (OffsetCommitResponse.OffsetCommitResponsePartition partition in topic.Partitions)
            {
                ErrorCode error = (ErrorCode)partition.ErrorCode;
                if (error == ErrorCode.None)
                {
                    continue;
                }

                lock (gate)
                {
                    if (membership.CommitAnswered(error, generation) == GroupReaction.FindCoordinator)
                    {
                        coordinator.Forget();
                    }
                }

                return error;
            }
        }

        return ErrorCode.None;
    }

    private async Task<ErrorCode> FetchOnceAsync(
        IReadOnlyCollection<TopicPartition> partitions,
        Dictionary<TopicPartition, CommittedOffset> found,
        CancellationToken cancellation)
    {
        try
        {
            KafkaConnection connection = await coordinator.ConnectAsync(cancellation).ConfigureAwait(false);
            // Version 8 asks for several groups at once, in another place of the message.
            short version = connection.Versions.Pick(ApiKey.OffsetFetch, FetchHighest);
            OffsetFetchRequest request = version >= 8 ? ForGroups(partitions) : ForOneGroup(partitions);
            // KIP-447: do not read past offsets that a transaction may still take back.
            request.RequireStable = version >= 7;
            OffsetFetchResponse response = await connection
                .SendAsync<OffsetFetchResponse>(request, FetchHighest, cancellation: cancellation)
                    .ConfigureAwait(false);
            return version >= 8 ? OfGroups(response, found) : OfOneGroup(response, found);
        }
        catch (KafkaException error) when (error.IsRetriable)
        {
            return ErrorCode.CoordinatorNotAvailable;
        }
    }

    private OffsetFetchRequest ForGroups(IReadOnlyCollection<TopicPartition> partitions)
    {
        OffsetFetchRequest.OffsetFetchRequestGroup group = new() { GroupId = options.GroupId!, Topics = [] };
        foreach (IGrouping<string, TopicPartition> topic in partitions.GroupBy(p => p.Topic, StringComparer.Ordinal))
        {
            OffsetFetchRequest.OffsetFetchRequestTopics asked = new() { Name = topic.Key };
            asked.PartitionIndexes.AddRange(topic.Select(p => p.Partition));
            group.Topics.Add(asked);
        }

        OffsetFetchRequest request = new();
        request.Groups.Add(group);
        return request;
    }

    private OffsetFetchRequest ForOneGroup(IReadOnlyCollection<TopicPartition> partitions)
    {
        OffsetFetchRequest request = new() { GroupId = options.GroupId!, Topics = [] };
        foreach (IGrouping<string, TopicPartition> topic in partitions.GroupBy(p => p.Topic, StringComparer.Ordinal))
        {
            OffsetFetchRequest.OffsetFetchRequestTopic asked = new() { Name = topic.Key };
            asked.PartitionIndexes.AddRange(topic.Select(p => p.Partition));
            request.Topics.Add(asked);
        }

        return request;
    }

    private static ErrorCode OfGroups(OffsetFetchResponse response, Dictionary<TopicPartition, CommittedOffset> found)
    {
        ErrorCode worst = ErrorCode.None;
        foreach (OffsetFetchResponse.OffsetFetchResponseGroup group in response.Groups)
        {
            worst = group.ErrorCode != 0 ? (ErrorCode)group.ErrorCode : worst;
            foreach (OffsetFetchResponse.OffsetFetchResponseTopics topic in group.Topics)
            {
                foreach (OffsetFetchResponse.OffsetFetchResponsePartitions partition in topic.Partitions)
                {
                    worst = partition.ErrorCode != 0 ? (ErrorCode)partition.ErrorCode : worst;
                    Keep(found, topic.Name, partition.PartitionIndex, partition.CommittedOffset, partition.Metadata);
                }
            }
        }

        return worst;
    }

    private static ErrorCode OfOneGroup(OffsetFetchResponse response, Dictionary<TopicPartition, CommittedOffset> found)
    {
        ErrorCode worst = (ErrorCode)response.ErrorCode;
        foreach (OffsetFetchResponse.OffsetFetchResponseTopic topic in response.Topics)
        {
            foreach (OffsetFetchResponse.OffsetFetchResponsePartition partition in topic.Partitions)
            {
                worst = partition.ErrorCode != 0 ? (ErrorCode)partition.ErrorCode : worst;
                Keep(found, topic.Name, partition.PartitionIndex, partition.CommittedOffset, partition.Metadata);
            }
        }

        return worst;
    }

    private static void Keep(
        Dictionary<TopicPartition, CommittedOffset> found, string topic, int partition, long offset, string? metadata)
    {
        // -1: nothing was ever committed.
        if (offset >= 0)
        {
            found[new TopicPartition(topic, partition)] = new CommittedOffset(new Offset(offset), metadata ?? "");
        }
    }
}
