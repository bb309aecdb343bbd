using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// FindCoordinator (10): which broker leads the partition a group lives in. Version 4 asks for several at once
/// (KIP-699). The first question for a group makes <c>__consumer_offsets</c>.
/// </summary>
internal sealed class FindCoordinatorHandler(
    ClusterView cluster,
    GroupCoordinator groups,
    TopicAutoCreation autoCreation) : MessageHandler<FindCoordinatorRequest>
{
    private const short FirstBatched = 4;
    private const sbyte GroupKey = 0;
    private const sbyte TransactionKey = 1;

    public override ApiKey Api => ApiKey.FindCoordinator;

    protected override void Handle(Request request, FindCoordinatorRequest message)
    {
        MetadataImage image = cluster.Image;
        FindCoordinatorResponse response = new();
        if (request.Version < FirstBatched)
        {
            FindCoordinatorResponse.Coordinator found = Find(request, image, message.KeyType, message.Key);
            response.ErrorCode = found.ErrorCode;
            response.ErrorMessage = found.ErrorMessage;
            response.NodeId = found.NodeId;
            response.Host = found.Host;
            response.Port = found.Port;
        }
        else
        {
            foreach (string key in message.CoordinatorKeys)
            {
                response.Coordinators.Add(Find(request, image, message.KeyType, key));
            }
        }

        request.Reply(response);
    }

    private FindCoordinatorResponse.Coordinator Find(Request request, MetadataImage image, sbyte keyType, string key)
    {
        if (keyType == TransactionKey)
        {
            // Not a matter of rights, but of the errors with a message that end a transactional producer at once it is
            // the one that both the Java client and librdkafka show with that message.
            return Refuse(key, ErrorCode.ClusterAuthorizationFailed, "This broker does not serve transactions yet.");
        }

        if (keyType != GroupKey)
        {
            return Refuse(
                key, ErrorCode.InvalidRequest, $"This broker coordinates groups only, not key type {keyType}.");
        }

        if (!image.Topics.TryGet(InternalTopics.ConsumerOffsets, out TopicImage? topic))
        {
            autoCreation.CreateConsumerOffsets();
            return Refuse(key, ErrorCode.CoordinatorNotAvailable, null);
        }

        if (!topic.TryGetPartition(groups.PartitionFor(key), out PartitionImage? partition)
            || ClusterView.AliveEndpoint(image, partition.Leader, request.Connection.ListenerName) is not { } endpoint)
        {
            return Refuse(key, ErrorCode.CoordinatorNotAvailable, null);
        }

        return new FindCoordinatorResponse.Coordinator
        {
            Key = key,
            NodeId = partition.Leader.Value,
            Host = endpoint.Host,
            Port = endpoint.Port,
            ErrorMessage = request.Version < FirstBatched ? "NONE" : string.Empty,
        };
    }

    private static FindCoordinatorResponse.Coordinator Refuse(string key, ErrorCode error, string? message) => new()
    {
        Key = key,
        NodeId = -1,
        Host = string.Empty,
        Port = -1,
        ErrorCode = (short)error,
        ErrorMessage = message,
    };
}
