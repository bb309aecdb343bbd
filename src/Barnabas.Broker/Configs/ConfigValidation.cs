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

    public string? StaticValue(ConfigResourceType type, string key) => Find(type, key) is not { } known
        ? null
        : type switch
        {
            ConfigResourceType.Broker => known.Print(node.Values[known]),
            // Asked for each partition of an election: one key, and not a description of all.
            ConfigResourceType.Topic when !known.IsInternal =>
                known.Print(TopicSynonyms.DefaultOf(known, node.Values)),
            ConfigResourceType.Group => GroupValue(known),
            _ => null,
        };

    private static ConfigKey? Find(ConfigResourceType type, string key) => type switch
    {
        ConfigResourceType.Topic => ConfigTables.Topic.Find(key),
        ConfigResourceType.Broker => ConfigTables.Broker.Find(key),
        ConfigResourceType.Group => ConfigTables.Group.Find(key),
        _ => null,
    };

    private string? GroupValue(ConfigKey key)
    {
        Dictionary<string, string> nothing = [];
        foreach (ConfigEntry entry in ConfigDescriber.DescribeGroup(nothing, BrokerConfigs.Of(node)))
        {
            if (entry.Name == key.Name)
            {
                return entry.Value;
            }
        }

        return null;
    }
}
