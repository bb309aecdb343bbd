using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>Creates, changes and describes what a cluster has. From any thread.</summary>
/// <remarks>
/// Every call is tried again for <see cref="AdminOptions.CallTimeout"/> when brokers are away, except creations whose
/// request may have been carried out already: those tell the lost connection. Calls about several items tell the
/// outcome of each; one that failed does not undo the others. Cancelling ends the waiting, not what the cluster has
/// begun.
/// </remarks>
public sealed class KafkaAdmin : IAsyncDisposable
{
    private readonly AdminOptions _options;
    private readonly BrokerConnections _connections;
    private readonly ClusterMetadata _metadata;
    private readonly AdminCalls _calls;
    private readonly AdminTopics _topics;
    private readonly AdminGroups _groups;

    /// <summary>Connects with the first call.</summary>
    public KafkaAdmin(AdminOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _connections = new BrokerConnections(options);
        _metadata = new ClusterMetadata(options, _connections, mayCreateTopics: false);
        _calls = new AdminCalls(options, _connections, _metadata);
        _topics = new AdminTopics(options, _calls);
        _groups = new AdminGroups(options, _calls, _connections, _metadata);
    }

    /// <summary>Creates topics.</summary>
    /// <param name="topics">Each is created or not by itself.</param>
    /// <param name="validateOnly">Only tell whether it would work.</param>
    /// <param name="cancellation">See the remarks of the class.</param>
    public Task<IReadOnlyList<AdminResult>> CreateTopicsAsync(
        IReadOnlyCollection<NewTopic> topics, bool validateOnly = false, CancellationToken cancellation = default) =>
        _topics.CreateAsync(topics, validateOnly, cancellation);

    /// <summary>Deletes topics with all their records.</summary>
    public Task<IReadOnlyList<AdminResult>> DeleteTopicsAsync(
        IReadOnlyCollection<string> topics, CancellationToken cancellation = default) =>
        _topics.DeleteAsync(topics, cancellation);

    /// <summary>
    /// Raises the number of partitions. Keys may then map to other partitions than their earlier records.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="count">The new number; more than now.</param>
    /// <param name="assignment">Replicas of the new partitions only; null lets the cluster choose.</param>
    /// <param name="cancellation">See the remarks of the class.</param>
    public Task<AdminResult> CreatePartitionsAsync(
        string topic,
        int count,
        IReadOnlyList<IReadOnlyList<int>>? assignment = null,
        CancellationToken cancellation = default) =>
        _topics.AddPartitionsAsync(topic, count, assignment, cancellation);

    /// <summary>The names of all topics, in order, Kafka's own among them.</summary>
    public Task<IReadOnlyList<TopicDescription>> ListTopicsAsync(CancellationToken cancellation = default) =>
        _topics.ListAsync(cancellation);

    /// <summary>Topics with all their partitions; a topic that does not exist is left out.</summary>
    /// <param name="topics">Their names.</param>
    /// <param name="partitionsPerResponse">
    /// How many partitions an answer may tell before the next is asked for; null for 2,000. The broker may take fewer.
    /// </param>
    /// <param name="cancellation">See the remarks of the class.</param>
    public Task<IReadOnlyList<TopicDescription>> DescribeTopicsAsync(
        IReadOnlyCollection<string> topics,
        int? partitionsPerResponse = null,
        CancellationToken cancellation = default) =>
        _topics.DescribeAsync(topics, partitionsPerResponse, cancellation);

    /// <summary>The cluster and its brokers.</summary>
    public async Task<ClusterDescription> DescribeClusterAsync(CancellationToken cancellation = default)
    {
        ClusterSnapshot cluster = await _metadata.RefreshAsync(_options.CallTimeout, cancellation)
            .ConfigureAwait(false);
        List<BrokerInfo> brokers = [.. cluster.Brokers.Values];
        brokers.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        return new ClusterDescription(cluster.ClusterId ?? "", cluster.ControllerId, brokers);
    }

    /// <summary>The configs of a topic, broker or group, each with where its value comes from.</summary>
    /// <exception cref="KafkaException">The resource does not exist or may not be seen.</exception>
    public Task<IReadOnlyList<ConfigEntry>> DescribeConfigsAsync(
        ConfigResource resource, CancellationToken cancellation = default) =>
        new AdminConfigs(_calls).DescribeAsync(resource, cancellation);

    /// <summary>
    /// Changes some configs of a resource and leaves the others as they are; all of the changes or none.
    /// </summary>
    public Task<AdminResult> AlterConfigsAsync(
        ConfigResource resource,
        IReadOnlyCollection<ConfigAlteration> changes,
        bool validateOnly = false,
        CancellationToken cancellation = default) =>
        new AdminConfigs(_calls).AlterAsync(resource, changes, validateOnly, cancellation);

    /// <summary>The groups of all brokers.</summary>
    public Task<IReadOnlyList<GroupListing>> ListGroupsAsync(CancellationToken cancellation = default) =>
        _groups.ListAsync(cancellation);

    /// <summary>A classic group with its members.</summary>
    /// <exception cref="KafkaException">It may not be seen, or its coordinator is away.</exception>
    public Task<GroupDescription> DescribeGroupAsync(string groupId, CancellationToken cancellation = default) =>
        _groups.DescribeAsync(groupId, cancellation);

    /// <summary>Offsets of partitions, each with the timestamp of its record where that was looked for.</summary>
    /// <exception cref="KafkaException">
    /// A partition does not exist or may not be seen, or its leader is too old for what is asked
    /// (<see cref="ErrorCode.UnsupportedVersion"/>).
    /// </exception>
    public async Task<IReadOnlyDictionary<TopicPartition, ListedOffset>> ListOffsetsAsync(
        IReadOnlyDictionary<TopicPartition, OffsetSpec> wanted,
        IsolationLevel isolation = IsolationLevel.ReadUncommitted,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        foreach (TopicPartition partition in wanted.Keys)
        {
            await _metadata.TopicAsync(partition.Topic, _options.CallTimeout, cancellation).ConfigureAwait(false);
        }

        return await new OffsetQuery(_options, _connections, _metadata)
            .AskAsync(wanted, isolation, _options.CallTimeout, cancellation).ConfigureAwait(false);
    }

    /// <summary>Closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _metadata.DisposeAsync().ConfigureAwait(false);
        await _connections.DisposeAsync().ConfigureAwait(false);
    }
}
