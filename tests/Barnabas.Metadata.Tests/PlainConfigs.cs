namespace Barnabas.Metadata.Tests;

/// <summary>A few keys with Kafka's defaults; a value "bad" is refused for any key.</summary>
internal sealed class PlainConfigs : IConfigValidation
{
    public string? Validate(ConfigResource resource, IReadOnlyDictionary<string, string> proposed)
    {
        foreach ((string key, string value) in proposed)
        {
            if (value == "bad")
            {
                return $"Invalid value bad for configuration {key}";
            }
        }

        return null;
    }

    public bool IsList(ConfigResourceType type, string key) => key == "cleanup.policy";

    public string? StaticValue(ConfigResourceType type, string key) => key switch
    {
        "min.insync.replicas" => "1",
        "unclean.leader.election.enable" => "false",
        "cleanup.policy" => "delete",
        _ => null,
    };
}
