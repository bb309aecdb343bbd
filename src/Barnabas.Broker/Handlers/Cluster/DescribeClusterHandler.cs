using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// DescribeCluster (60): the cluster's id and brokers. Version 1 can ask a controller listener for controllers
/// (KIP-919), version 2 shows fenced brokers (KIP-1073).
/// </summary>
internal sealed class DescribeClusterHandler(ClusterView cluster) : MessageHandler<DescribeClusterRequest>
{
    private const sbyte BrokerEndpoints = 1;
    private const sbyte ControllerEndpoints = 2;

    public override ApiKey Api => ApiKey.DescribeCluster;

    protected override void Handle(Request request, DescribeClusterRequest message)
    {
        MetadataImage image = cluster.Image;
        DescribeClusterResponse response = new()
        {
            ClusterId = cluster.ClusterId,
            EndpointType = message.EndpointType,
        };
        if (message.EndpointType != BrokerEndpoints)
        {
            response.ErrorCode = (short)(message.EndpointType == ControllerEndpoints
                ? ErrorCode.MismatchedEndpointType
                : ErrorCode.UnsupportedEndpointType);
            response.ErrorMessage =
                $"This listener describes brokers; it was asked for endpoint type {message.EndpointType}.";
            request.Reply(response);
            return;
        }

        foreach (BrokerRegistration broker in image.Brokers.Values)
        {
            if (broker.Fenced && !message.IncludeFencedBrokers)
            {
                continue;
            }

            if (!broker.Fenced && response.ControllerId < 0)
            {
                // Any broker takes requests for the controller; see MetadataHandler.
                response.ControllerId = broker.Id.Value;
            }

            if (broker.FindEndpoint(request.Connection.ListenerName) is { } endpoint)
            {
                response.Brokers.Add(new DescribeClusterResponse.DescribeClusterBroker
                {
                    BrokerId = broker.Id.Value,
                    Host = endpoint.Host,
                    Port = endpoint.Port,
                    Rack = broker.Rack,
                    IsFenced = broker.Fenced,
                });
            }
        }

        if (message.IncludeClusterAuthorizedOperations)
        {
            response.ClusterAuthorizedOperations = AuthorizedOperations.Cluster;
        }

        request.Reply(response);
    }
}
