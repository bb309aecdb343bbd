using System.Globalization;
using Barnabas.Configuration;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// Creates topics that clients or this broker ask for: with <c>auto.create.topics.enable</c> those of Metadata, and the
/// internal topics when they are first needed. At most one creation of a name is under way. From any reactor.
/// </summary>
internal sealed class TopicAutoCreation(
    LiveConfigs configs, IControllerChannel controller, IMailbox mailbox, IBrokerEvents events)
{
    /// <summary>Creations under way; more names wait for the client's next Metadata.</summary>
    private const int InFlightMax = 1024;

    /// <summary>Names whose failure is remembered as told; beyond that all are forgotten and told again.</summary>
    private const int ToldMax = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ErrorCode> _told = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inFlight = new(StringComparer.Ordinal);

    /// <summary>
    /// Begins to create a topic that was asked for by name. The client is told to ask again, as Apache Kafka does; the
    /// topic is there a moment later.
    /// </summary>
    public ErrorCode TryCreate(string name)
    {
        TopicCreationSettings settings = TopicCreationSettings.From(configs.Broker.Values);
        if (name == InternalTopics.ConsumerOffsets)
        {
            CreateConsumerOffsets();
        }
        else if (settings.AutoCreate && name != InternalTopics.ClusterMetadata && !InternalTopics.Contains(name))
        {
            Create(new CreateTopicsRequest.CreatableTopic { Name = name, NumPartitions = -1, ReplicationFactor = -1 });
        }

        return ErrorCode.UnknownTopicOrPartition;
    }

    /// <summary>Begins to create <c>__consumer_offsets</c> with the settings that coordinators need.</summary>
    public void CreateConsumerOffsets()
    {
        GroupSettings groups = configs.Node.Groups;
        CreateTopicsRequest.CreatableTopic topic = new()
        {
            Name = InternalTopics.ConsumerOffsets,
            NumPartitions = groups.OffsetsTopicPartitionCount,
            ReplicationFactor = groups.OffsetsTopicReplicationFactor,
        };
        Set("cleanup.policy", "compact");
        Set("segment.bytes", groups.OffsetsTopicSegmentBytes.ToString(CultureInfo.InvariantCulture));
        Set("compression.type", "producer");
        Create(topic);

        void Set(string name, string value) =>
            topic.Configs.Add(new CreateTopicsRequest.CreatableTopicConfig { Name = name, Value = value });
    }

    /// <summary>Tells at the start what could only fail later.</summary>
    public void CheckReplicas(MetadataImage image)
    {
        int replicas = configs.Node.Groups.OffsetsTopicReplicationFactor;
        if (replicas > image.Brokers.Count && !image.Topics.TryGet(InternalTopics.ConsumerOffsets, out _))
        {
            events.InternalTopicOutOfReach(
                InternalTopics.ConsumerOffsets,
                GroupKeys.OffsetsTopicReplicationFactor.Name,
                replicas,
                image.Brokers.Count);
        }
    }

    private void Create(CreateTopicsRequest.CreatableTopic topic)
    {
        lock (_lock)
        {
            if (_inFlight.Count >= InFlightMax || !_inFlight.Add(topic.Name))
            {
                return;
            }
        }

        CreateTopicsRequest request = new() { TimeoutMs = (int)configs.Node.Network.RequestTimeout.TotalMilliseconds };
        request.Topics.Add(topic);
        CreateTopicsCommand command = new(request);
        controller.Submit(command, new Completion(this, command, topic.Name), mailbox);
    }

    private void OnDone(CreateTopicsCommand command, string name)
    {
        CreateTopicsResponse.CreatableTopicResult? result = command.Response.Topics.FirstOrDefault();
        ErrorCode error = (ErrorCode)(result?.ErrorCode ?? 0);
        bool isNews;
        lock (_lock)
        {
            _inFlight.Remove(name);
            isNews = IsNews(name, error);
        }

        if (isNews)
        {
            events.TopicCreationFailed(name, error, result!.ErrorMessage);
        }
    }

    private bool IsNews(string name, ErrorCode error)
    {
        // What a client has made in the meantime is there, which is all that was wanted.
        if (error is ErrorCode.None or ErrorCode.TopicAlreadyExists)
        {
            _told.Remove(name);
            return false;
        }

        if (_told.TryGetValue(name, out ErrorCode told) && told == error)
        {
            return false;
        }

        if (_told.Count >= ToldMax)
        {
            _told.Clear();
        }

        _told[name] = error;
        return true;
    }

    private sealed class Completion(TopicAutoCreation owner, CreateTopicsCommand command, string name) : WorkItem
    {
        public override void Run() => owner.OnDone(command, name);
    }
}
