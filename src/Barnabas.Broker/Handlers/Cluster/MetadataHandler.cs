using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// Metadata (3): brokers, topics, leaders. Version 1 asks for all topics by null, version 4 may refuse to create
/// topics, version 7 shows leader epochs, version 8 authorized operations (KIP-430), version 12 asks by topic id
/// (KIP-516).
/// </summary>
internal sealed class MetadataHandler(ClusterView cluster, TopicAutoCreation autoCreation)
    : MessageHandler<MetadataRequest>
{
    public override ApiKey Api => ApiKey.Metadata;

    protected override void Handle(Request request, MetadataRequest message)
    {
        MetadataImage image = cluster.Image;
        MetadataResponse response = new()
        {
            ClusterId = cluster.ClusterId,
            ControllerId = FirstAliveBroker(image),
        };
        AddBrokers(image, request.Connection.ListenerName, response);
        if (message.IncludeClusterAuthorizedOperations)
        {
            response.ClusterAuthorizedOperations = AuthorizedOperations.Cluster;
        }

        if (IsForAllTopics(request.Version, message))
        {
            foreach (TopicImage topic in image.Topics.SortedByName())
            {
                response.Topics.Add(Describe(request, message, image, topic));
            }
        }
        else if (!AddNamedTopics(request, message, image, response))
        {
            RefuseTopics(message, response);
        }

        request.Reply(response);
    }

    private static bool IsForAllTopics(short version, MetadataRequest message) =>
        message.Topics is null || (version == 0 && message.Topics.Count == 0);

    /// <summary>False if the request mixes names and ids in a way its version does not allow.</summary>
    private bool AddNamedTopics(
        Request request,
        MetadataRequest message,
        MetadataImage image,
        MetadataResponse response)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        HashSet<Uuid> ids = [];
        bool byId = message.Topics!.Exists(static topic => !topic.TopicId.IsZero);
        foreach (MetadataRequest.MetadataRequestTopic asked in message.Topics)
        {
            // Ids came with version 10, but servers answer them only since version 12 (KAFKA-12701).
            if (request.Version < 12 && (asked.Name is null || !asked.TopicId.IsZero))
            {
                return false;
            }

            if (byId)
            {
                if (!asked.TopicId.IsZero && ids.Add(asked.TopicId))
                {
                    response.Topics.Add(DescribeById(request, message, image, asked.TopicId));
                }
            }
            else if (asked.Name is { } name && names.Add(name))
            {
                response.Topics.Add(image.Topics.TryGet(name, out TopicImage? topic)
                    ? Describe(request, message, image, topic)
                    : Unknown(request, message, name));
            }
        }

        return true;
    }

    private static void RefuseTopics(MetadataRequest message, MetadataResponse response)
    {
        response.Topics.Clear();
        foreach (MetadataRequest.MetadataRequestTopic asked in message.Topics!)
        {
            response.Topics.Add(new MetadataResponse.MetadataResponseTopic
            {
                ErrorCode = (short)ErrorCode.InvalidRequest,
                Name = asked.Name ?? string.Empty,
                TopicId = asked.TopicId,
            });
        }
    }

    private static void AddBrokers(MetadataImage image, string listenerName, MetadataResponse response)
    {
        foreach (BrokerRegistration broker in image.Brokers.Values)
        {
            if (ClusterView.AliveEndpoint(image, broker.Id, listenerName) is { } endpoint)
            {
                response.Brokers.Add(new MetadataResponse.MetadataResponseBroker
                {
                    NodeId = broker.Id.Value,
                    Host = endpoint.Host,
                    Port = endpoint.Port,
                    Rack = broker.Rack,
                });
            }
        }
    }

    /// <summary>
    /// Clients send what only the controller can do to this node; under KRaft every broker forwards it, so any will do.
    /// </summary>
    private static int FirstAliveBroker(MetadataImage image)
    {
        foreach (BrokerRegistration broker in image.Brokers.Values)
        {
            if (!broker.Fenced)
            {
                return broker.Id.Value;
            }
        }

        return -1;
    }

    private static MetadataResponse.MetadataResponseTopic DescribeById(
        Request request,
        MetadataRequest message,
        MetadataImage image,
        Uuid id) =>
        image.Topics.TryGet(id, out TopicImage? topic)
            ? Describe(request, message, image, topic)
            : new MetadataResponse.MetadataResponseTopic
            {
                ErrorCode = (short)ErrorCode.UnknownTopicId,
                Name = null,
                TopicId = id,
            };

    private static MetadataResponse.MetadataResponseTopic Describe(
        Request request,
        MetadataRequest message,
        MetadataImage image,
        TopicImage topic)
    {
        MetadataResponse.MetadataResponseTopic described = new()
        {
            Name = topic.Name,
            TopicId = topic.Id,
            IsInternal = InternalTopics.Contains(topic.Name),
            Partitions = new List<MetadataResponse.MetadataResponsePartition>(topic.PartitionCount),
        };
        for (int number = 0; number < topic.PartitionLimit; number++)
        {
            if (topic.TryGetPartition(number, out PartitionImage? partition))
            {
                described.Partitions.Add(TopicDescriptions.ForMetadata(
                    image, number, partition, request.Connection.ListenerName, request.Version));
            }
        }

        if (message.IncludeTopicAuthorizedOperations)
        {
            described.TopicAuthorizedOperations = AuthorizedOperations.Topic;
        }

        return described;
    }

    private MetadataResponse.MetadataResponseTopic Unknown(Request request, MetadataRequest message, string name)
    {
        ErrorCode error = TopicName.Problem(name) is not null
            ? ErrorCode.InvalidTopicException
            : message.AllowAutoTopicCreation
                ? autoCreation.TryCreate(name)
                : ErrorCode.UnknownTopicOrPartition;
        MetadataResponse.MetadataResponseTopic unknown = new()
        {
            ErrorCode = (short)error,
            Name = name,
            IsInternal = InternalTopics.Contains(name),
        };
        if (message.IncludeTopicAuthorizedOperations)
        {
            unknown.TopicAuthorizedOperations = AuthorizedOperations.Topic;
        }

        return unknown;
    }
}
