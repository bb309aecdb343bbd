using Barnabas.Configuration;
using Barnabas.Metadata;

namespace Barnabas.Broker;

/// <summary>What the controller asks about configurations, answered from the key tables.</summary>
internal sealed class ConfigValidation(NodeConfiguration node) : IConfigValidation
{
    public string? Validate(ConfigResource resource, IReadOnlyDictionary<string, string> proposed)
    {
        IReadOnlyList<string> problems = resource.Type switch
        {
            ConfigResourceType.Topic => TopicConfigs.Check(proposed, node.Values),
            ConfigResourceType.Broker => BrokerConfigs.CheckLayer(proposed, forOneBroker: resource.Name.Length > 0),
            ConfigResourceType.Group => GroupConfigs.Check(proposed, node.Values),
            _ => [$"This version keeps no configuration of resources of type {resource.Type}."],
        };
        return problems.Count == 0 ? null : string.Join(' ', problems);
    }

    public bool IsList(ConfigResourceType type, string key) => Find(type, key)?.Type == ConfigType.List;

    public string? StaticValue(ConfigResourceType type, string key)
    {
        if (Find(type, key) is not { } known)
        {
            return null;
        }

        return type == ConfigResourceType.Broker
            ? known.Print(node.Values[known])
            : ConfigDescriberValue(type, known);
    }

    private static ConfigKey? Find(ConfigResourceType type, string key) => type switch
    {
        ConfigResourceType.Topic => ConfigTables.Topic.Find(key),
        ConfigResourceType.Broker => ConfigTables.Broker.Find(key),
        ConfigResourceType.Group => ConfigTables.Group.Find(key),
        _ => null,
    };

    private string? ConfigDescriberValue(ConfigResourceType type, ConfigKey key)
    {
        BrokerConfigs broker = BrokerConfigs.Of(node);
        Dictionary<string, string> nothing = [];
        IReadOnlyList<ConfigEntry> entries = type == ConfigResourceType.Topic
            ? ConfigDescriber.DescribeTopic(nothing, broker)
            : ConfigDescriber.DescribeGroup(nothing, broker);
        foreach (ConfigEntry entry in entries)
        {
            if (entry.Name == key.Name)
            {
                return entry.Value;
            }
        }

        return null;
    }
}
