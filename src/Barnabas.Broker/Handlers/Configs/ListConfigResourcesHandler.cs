using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// ListConfigResources (74): what has, or can have, a configuration. Version 0 knows client metrics only (KIP-714),
/// version 1 all types (KIP-1142): topics and brokers that exist, groups and client metrics that have something set.
/// </summary>
internal sealed class ListConfigResourcesHandler(ClusterView cluster) : MessageHandler<ListConfigResourcesRequest>
{
    private static readonly ConfigResourceType[] All =
    [
        ConfigResourceType.Topic,
        ConfigResourceType.Broker,
        ConfigResourceType.BrokerLogger,
        ConfigResourceType.ClientMetrics,
        ConfigResourceType.Group,
    ];

    public override ApiKey Api => ApiKey.ListConfigResources;

    protected override void Handle(Request request, ListConfigResourcesRequest message) =>
        request.Reply(List(cluster.Image, request.Connection.ListenerName, message, request.Version));

    internal static ListConfigResourcesResponse List(
        MetadataImage image,
        string listenerName,
        ListConfigResourcesRequest message,
        short version)
    {
        ListConfigResourcesResponse response = new();
        if (message.ResourceTypes.Exists(static type => Array.IndexOf(All, (ConfigResourceType)type) < 0))
        {
            response.ErrorCode = (short)ErrorCode.UnsupportedVersion;
            return response;
        }

        foreach (ConfigResourceType type in All)
        {
            bool isAsked = version == 0
                ? type == ConfigResourceType.ClientMetrics
                : message.ResourceTypes.Count == 0 || message.ResourceTypes.Contains((sbyte)type);
            if (!isAsked)
            {
                continue;
            }

            foreach (string name in NamesOf(type, image, listenerName))
            {
                response.ConfigResources.Add(new ListConfigResourcesResponse.ConfigResource
                {
                    ResourceName = name,
                    ResourceType = (sbyte)type,
                });
            }
        }

        return response;
    }

    private static IEnumerable<string> NamesOf(ConfigResourceType type, MetadataImage image, string listenerName) =>
        type switch
        {
            ConfigResourceType.Topic => image.Topics.SortedByName().Select(static topic => topic.Name),
            ConfigResourceType.Broker or ConfigResourceType.BrokerLogger => image.Brokers.Keys
                .Where(broker => ClusterView.AliveEndpoint(image, broker, listenerName) is not null)
                .Select(static broker => broker.ToString()),
            _ => image.Configs.Keys
                .Where(resource => resource.Type == type)
                .Select(static resource => resource.Name),
        };
}
