using System.Globalization;

using Barnabas.Configuration;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// DescribeConfigs (32): values with their origin (KIP-226), types and documentation from version 3 on (KIP-569).
/// Values of another broker are known only there.
/// </summary>
internal sealed class DescribeConfigsHandler(ClusterView cluster, LiveConfigs configs)
    : MessageHandler<DescribeConfigsRequest>
{
    public override ApiKey Api => ApiKey.DescribeConfigs;

    protected override void Handle(Request request, DescribeConfigsRequest message)
    {
        MetadataImage image = cluster.Image;
        DescribeConfigsResponse response = new();
        // Seven bytes ask for a hundred thousand: the same resource is described once, however often it is named.
        HashSet<(sbyte Type, string Name)> described = [];
        foreach (DescribeConfigsRequest.DescribeConfigsResource resource in message.Resources)
        {
            if (described.Add((resource.ResourceType, resource.ResourceName)))
            {
                response.Results.Add(Describe(image, message, resource, request.Version));
            }
        }

        request.Reply(response);
    }

    private DescribeConfigsResponse.DescribeConfigsResult Describe(
        MetadataImage image,
        DescribeConfigsRequest message,
        DescribeConfigsRequest.DescribeConfigsResource resource,
        short version)
    {
        DescribeConfigsResponse.DescribeConfigsResult result = new()
        {
            ResourceType = resource.ResourceType,
            ResourceName = resource.ResourceName,
        };
        (ErrorCode error, string? text) = Find(image, resource, out IReadOnlyList<ConfigEntry> entries);
        result.ErrorCode = (short)error;
        result.ErrorMessage = text ?? string.Empty;
        foreach (ConfigEntry entry in entries)
        {
            if (resource.ConfigurationKeys is null or { Count: 0 } || resource.ConfigurationKeys.Contains(entry.Name))
            {
                result.Configs.Add(Tell(entry, message, version));
            }
        }

        return result;
    }

    private (ErrorCode Error, string? Message) Find(
        MetadataImage image,
        DescribeConfigsRequest.DescribeConfigsResource resource,
        out IReadOnlyList<ConfigEntry> entries)
    {
        entries = [];
        string name = resource.ResourceName;
        switch ((ConfigResourceType)resource.ResourceType)
        {
            case ConfigResourceType.Topic when TopicName.Problem(name) is { } problem:
                return (ErrorCode.InvalidTopicException, problem);
            case ConfigResourceType.Topic when !image.Topics.TryGet(name, out _):
                return (ErrorCode.UnknownTopicOrPartition, null);
            case ConfigResourceType.Topic:
                entries = ConfigDescriber.DescribeTopic(image.ConfigsOf(ConfigResource.Topic(name)), configs.Broker);
                return (ErrorCode.None, null);
            case ConfigResourceType.Broker when name.Length == 0:
                entries = ConfigDescriber.DescribeDefaults(configs.Broker);
                return (ErrorCode.None, null);
            case ConfigResourceType.Broker when name == cluster.Self.ToString():
                entries = ConfigDescriber.DescribeBroker(configs.Broker);
                return (ErrorCode.None, null);
            case ConfigResourceType.Broker:
                return (
                    ErrorCode.InvalidRequest,
                    int.TryParse(name, CultureInfo.InvariantCulture, out _)
                        ? $"Unexpected broker id, expected {cluster.Self} or empty string, but received {name}"
                        : $"Broker id must be an integer, but it is: {name}");
            case ConfigResourceType.Group when name.Length == 0:
                return (ErrorCode.InvalidRequest, "Group name must not be empty");
            case ConfigResourceType.Group:
                entries = ConfigDescriber.DescribeGroup(
                    image.ConfigsOf(new ConfigResource(ConfigResourceType.Group, name)), configs.Broker);
                return (ErrorCode.None, null);
            default:
                return (ErrorCode.InvalidRequest, $"Unsupported resource type: {resource.ResourceType}");
        }
    }

    private static DescribeConfigsResponse.DescribeConfigsResourceResult Tell(
        ConfigEntry entry,
        DescribeConfigsRequest message,
        short version)
    {
        DescribeConfigsResponse.DescribeConfigsResourceResult told = new()
        {
            Name = entry.Name,
            Value = entry.IsSensitive ? null : entry.Value,
            ReadOnly = entry.IsReadOnly,
            ConfigSource = (sbyte)entry.Source,
            IsSensitive = entry.IsSensitive,
        };
        if (version >= 3)
        {
            told.ConfigType = (sbyte)(entry.Type ?? 0);
            told.Documentation = message.IncludeDocumentation ? entry.Documentation : null;
        }

        if (message.IncludeSynonyms)
        {
            foreach (ConfigSynonym synonym in entry.Synonyms)
            {
                told.Synonyms.Add(new DescribeConfigsResponse.DescribeConfigsSynonym
                {
                    Name = synonym.Name,
                    Value = synonym.Value,
                    Source = (sbyte)synonym.Source,
                });
            }
        }

        return told;
    }
}
