using System.Collections.Immutable;
using System.Globalization;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>The rules that all changes of dynamic configuration share.</summary>
internal static class ConfigChanges
{
    public const string MinInSyncReplicas = "min.insync.replicas";
    private const string CordonedLogDirs = "cordoned.log.dirs";

    /// <summary>Throws unless the whole configuration is fine.</summary>
    public static void RequireValid(
        ControllerStep step,
        ConfigResource resource,
        IReadOnlyDictionary<string, string> proposed)
    {
        foreach ((string key, string value) in proposed)
        {
            // A string of a record has a 16-bit length in older versions of the tools that read the log.
            if (value.Length > short.MaxValue)
            {
                throw new ControllerException(
                    ErrorCode.InvalidConfig,
                    $"The value of {key} exceeds the maximum value size of {short.MaxValue} bytes.");
            }
        }

        if (step.Configs.Validate(resource, proposed) is { } problem)
        {
            // Brokers check theirs themselves, and say so in another way than the controller (KAFKA-13609).
            throw new ControllerException(
                resource.Type == ConfigResourceType.Broker ? ErrorCode.InvalidRequest : ErrorCode.InvalidConfig,
                problem);
        }
    }

    /// <summary>Throws unless there is something of this name that can have a configuration.</summary>
    private static void RequireResource(ControllerStep step, BrokerId? askedBroker, ConfigResource resource)
    {
        switch (resource.Type)
        {
            case ConfigResourceType.Topic when resource.Name.Length == 0:
                throw new ControllerException(
                    ErrorCode.InvalidRequest, "Default topic resources are not allowed.");
            case ConfigResourceType.Topic:
                if (TopicName.Problem(resource.Name) is { } problem)
                {
                    throw new ControllerException(ErrorCode.InvalidTopicException, problem);
                }

                if (!step.Image.Topics.TryGet(resource.Name, out _))
                {
                    throw new ControllerException(
                        ErrorCode.UnknownTopicOrPartition,
                        $"The topic '{resource.Name}' does not exist.");
                }

                break;
            case ConfigResourceType.Broker:
                RequireNode(step, askedBroker, resource.Name);
                break;
            case ConfigResourceType.Group or ConfigResourceType.ClientMetrics:
                if (resource.Name.Length == 0)
                {
                    throw new ControllerException(
                        ErrorCode.InvalidRequest,
                        resource.Type == ConfigResourceType.Group
                            ? "Default group resources are not allowed."
                            : "Subscription name can't be empty");
                }

                break;
            default:
                throw new ControllerException(
                    ErrorCode.InvalidRequest,
                    $"Unknown resource type {(sbyte)resource.Type}");
        }
    }

    /// <summary>Adds the records that make the configuration of a resource what is proposed.</summary>
    /// <param name="touched">Keys that get a record even if their value stays: brokers reload on it
    /// (KAFKA-14136).</param>
    public static void AddRecords(
        ControllerStep step,
        BrokerId? askedBroker,
        ConfigResource resource,
        SortedDictionary<string, string> proposed,
        IReadOnlyCollection<string> touched)
    {
        RequireResource(step, askedBroker, resource);
        ImmutableSortedDictionary<string, string> current = step.Image.ConfigsOf(resource);
        var changes = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach ((string key, string value) in proposed)
        {
            if (!current.TryGetValue(key, out string? old) || old != value)
            {
                changes[key] = value;
            }
        }

        foreach (string key in current.Keys)
        {
            if (!proposed.ContainsKey(key))
            {
                changes[key] = null;
            }
        }

        if (resource.Type == ConfigResourceType.Broker)
        {
            foreach (string key in touched)
            {
                changes.TryAdd(key, proposed.GetValueOrDefault(key));
            }
        }

        RequireValid(step, resource, proposed);
        RequireAllowed(step, resource, changes);
        foreach ((string key, string? value) in changes)
        {
            step.Add(ImageRecords.ConfigChange(resource, key, value));
        }

        if (changes.ContainsKey(MinInSyncReplicas) && step.Image.HasEligibleLeaderReplicas)
        {
            // Who is eligible depends on the minimum under which the ISR shrank; with another one nothing is known.
            string topic = resource.Type == ConfigResourceType.Topic ? resource.Name : "";
            step.Add(new ClearElrRecord { TopicName = topic }, 0);
        }
    }

    private static void RequireNode(ControllerStep step, BrokerId? askedBroker, string name)
    {
        if (name.Length == 0)
        {
            return;
        }

        if (!int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int id))
        {
            throw new ControllerException(
                ErrorCode.InvalidRequest,
                $"Unable to parse broker name as a base 10 number: {name}");
        }

        var node = new BrokerId(id);
        if (askedBroker is { } asked && asked != node)
        {
            throw new ControllerException(
                ErrorCode.InvalidRequest, $"Unexpected broker id, expected {asked}, but received {name}");
        }

        if (!step.Image.Brokers.ContainsKey(node)
            && !step.Image.Controllers.ContainsKey(node)
            && node != step.Options.NodeId)
        {
            throw new ControllerException(ErrorCode.BrokerIdNotRegistered, $"No node with id {id} found.");
        }
    }

    private static void RequireAllowed(
        ControllerStep step,
        ConfigResource resource,
        SortedDictionary<string, string?> changes)
    {
        if (resource.Type != ConfigResourceType.Broker)
        {
            return;
        }

        if (step.Image.HasEligibleLeaderReplicas
            && changes.TryGetValue(MinInSyncReplicas, out string? minIsr)
            && (resource.Name.Length > 0 || minIsr is null))
        {
            throw new ControllerException(
                ErrorCode.InvalidConfig,
                resource.Name.Length > 0
                    ? $"Broker-level {MinInSyncReplicas} cannot be altered while ELR is enabled."
                    : $"Cluster-level {MinInSyncReplicas} cannot be removed while ELR is enabled.");
        }

        if (changes.ContainsKey(CordonedLogDirs) && !step.Version.HasCordonedLogDirs)
        {
            throw new ControllerException(
                ErrorCode.InvalidConfig,
                $"The {CordonedLogDirs} configuration value cannot be set because it requires a newer " +
                "metadata.version");
        }
    }
}
