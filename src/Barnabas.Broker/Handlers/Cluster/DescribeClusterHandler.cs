using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// DescribeCluster (60): the cluster's id and brokers. Version 1 tells brokers from controllers (KIP-919), version 2
/// shows fenced brokers (KIP-1073).
/// </summary>
internal sealed class DescribeClusterHandler(ClusterView cluster) : MessageHandler<DescribeClusterRequest>
{
    public override ApiKey Api => ApiKey.DescribeCluster;

    protected override void Handle(Request request, DescribeClusterRequest message)
    {
        if (EndpointTypes.Refuse(EndpointTypes.Brokers, message.EndpointType, request.Version) is { } refusal)
        {
            request.Reply(refusal);
            return;
        }

        MetadataImage image = cluster.Image;
        DescribeClusterResponse response = new()
        {
            ClusterId = cluster.ClusterId,
            EndpointType = EndpointTypes.Brokers,
        };
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
