using Barnabas.Metadata;

namespace Barnabas.Broker.Tests;

/// <summary>Takes every configuration; knows the defaults that the controller itself asks for.</summary>
internal sealed class QuorumConfigs : IConfigValidation
{
    public string? Validate(ConfigResource resource, IReadOnlyDictionary<string, string> proposed) => null;

    public bool IsList(ConfigResourceType type, string key) => false;

    public string? StaticValue(ConfigResourceType type, string key) => key switch
    {
        "min.insync.replicas" => "1",
        "unclean.leader.election.enable" => "false",
        _ => null,
    };
}
