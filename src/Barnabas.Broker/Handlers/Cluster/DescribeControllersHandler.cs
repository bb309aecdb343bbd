using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// DescribeCluster (60) on a controller listener: the registered controllers, for clients that know no broker
/// (KIP-919).
/// </summary>
internal sealed class DescribeControllersHandler(ClusterView cluster, IControllerChannel controller)
    : MessageHandler<DescribeClusterRequest>
{
    public override ApiKey Api => ApiKey.DescribeCluster;

    protected override void Handle(Request request, DescribeClusterRequest message) =>
        request.Reply(
            EndpointTypes.Refuse(EndpointTypes.Controllers, message.EndpointType, request.Version)
            ?? Describe(request.Connection.ListenerName, message));

    private DescribeClusterResponse Describe(string listenerName, DescribeClusterRequest message)
    {
        MetadataImage image = cluster.Image;
        if (image.Version is not { HasControllerRegistration: true })
        {
            return new DescribeClusterResponse
            {
                ErrorCode = (short)ErrorCode.UnsupportedVersion,
                ErrorMessage = "Controllers are registered from metadata.version 3.7-IV0 on.",
            };
        }

        DescribeClusterResponse response = new()
        {
            ClusterId = cluster.ClusterId,
            EndpointType = EndpointTypes.Controllers,
        };
        BrokerId leader = controller.Leader;
        foreach (ControllerRegistration registered in image.Controllers.Values)
        {
            if (registered.FindEndpoint(listenerName) is not { } endpoint)
            {
                continue;
            }

            response.Brokers.Add(new DescribeClusterResponse.DescribeClusterBroker
            {
                BrokerId = registered.Id.Value,
                Host = endpoint.Host,
                Port = endpoint.Port,
            });
            if (registered.Id == leader)
            {
                response.ControllerId = leader.Value;
            }
        }

        if (message.IncludeClusterAuthorizedOperations)
        {
            response.ClusterAuthorizedOperations = AuthorizedOperations.Cluster;
        }

        return response;
    }
}
