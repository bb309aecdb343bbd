using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>Changes single keys of configurations (KIP-339); each resource as a whole or not at all.</summary>
public sealed class IncrementalAlterConfigsCommand(IncrementalAlterConfigsRequest request) : ControllerCommand
{
    private const sbyte Set = 0;
    private const sbyte Delete = 1;
    private const sbyte Append = 2;
    private const sbyte Subtract = 3;

    public IncrementalAlterConfigsResponse Response { get; } = new();

    /// <summary>
    /// The broker that was asked, which takes changes of its own configuration only; null if the controller was
    /// (KIP-919).
    /// </summary>
    public BrokerId? AskedBroker { get; init; }

    public override void Fail(ErrorCode error, string? message)
    {
        Response.Responses.Clear();
        foreach (IncrementalAlterConfigsRequest.AlterConfigsResource resource in request.Resources)
        {
            AddResult(resource, error, message);
        }
    }

    internal override void Decide(ControllerStep step)
    {
        var times = new Dictionary<ConfigResource, int>();
        foreach (IncrementalAlterConfigsRequest.AlterConfigsResource resource in request.Resources)
        {
            times[ToResource(resource)] = times.GetValueOrDefault(ToResource(resource)) + 1;
        }

        foreach (IncrementalAlterConfigsRequest.AlterConfigsResource resource in request.Resources)
        {
            if (!times.Remove(ToResource(resource), out int count))
            {
                continue;
            }

            int before = step.RecordCount;
            try
            {
                if (count > 1)
                {
                    throw new ControllerException(ErrorCode.InvalidRequest, "Duplicate resource.");
                }

                Alter(step, resource);
                AddResult(resource, ErrorCode.None, null);
            }
            catch (ControllerException refusal) when (refusal.Error != ErrorCode.PolicyViolation)
            {
                step.TruncateTo(before);
                AddResult(resource, refusal.Error, refusal.Message);
            }
        }

        if (request.ValidateOnly)
        {
            step.TruncateTo(0);
        }
    }

    private static ConfigResource ToResource(IncrementalAlterConfigsRequest.AlterConfigsResource resource) =>
        new((ConfigResourceType)resource.ResourceType, resource.ResourceName);

    private void Alter(ControllerStep step, IncrementalAlterConfigsRequest.AlterConfigsResource asked)
    {
        ConfigResource resource = ToResource(asked);
        var proposed = new SortedDictionary<string, string>(step.Image.ConfigsOf(resource), StringComparer.Ordinal);
        var touched = new SortedSet<string>(StringComparer.Ordinal);
        foreach (IncrementalAlterConfigsRequest.AlterableConfig config in asked.Configs)
        {
            if (!touched.Add(config.Name))
            {
                throw new ControllerException(
                    ErrorCode.InvalidRequest,
                    $"Error due to duplicate config keys: {config.Name}");
            }

            Alter(step, resource, proposed, config);
        }

        ConfigChanges.AddRecords(step, AskedBroker, resource, proposed, touched);
    }

    private static void Alter(
        ControllerStep step,
        ConfigResource resource,
        SortedDictionary<string, string> proposed,
        IncrementalAlterConfigsRequest.AlterableConfig config)
    {
        if (config.ConfigOperation == Delete)
        {
            proposed.Remove(config.Name);
            return;
        }

        string value = config.Value ?? throw new ControllerException(
            ErrorCode.InvalidRequest,
            $"Null value not supported for : {config.Name}");
        switch (config.ConfigOperation)
        {
            case Set:
                proposed[config.Name] = value;
                break;
            case Append or Subtract when step.Configs.IsList(resource.Type, config.Name):
                string? current = proposed.GetValueOrDefault(config.Name)
                    ?? step.Configs.StaticValue(resource.Type, config.Name);
                var items = new List<string>(
                    (current ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries));
                foreach (string item in value.Split(','))
                {
                    bool isThere = items.Contains(item);
                    if (config.ConfigOperation == Subtract)
                    {
                        items.Remove(item);
                    }
                    else if (!isThere)
                    {
                        items.Add(item);
                    }
                }

                proposed[config.Name] = string.Join(',', items);
                break;
            case Append or Subtract:
                string operation = config.ConfigOperation == Append ? "APPEND" : "SUBTRACT";
                throw new ControllerException(
                    ErrorCode.InvalidConfig,
                    $"Can't {operation} to key {config.Name} because its type is not LIST.");
            default:
                throw new ControllerException(
                    ErrorCode.InvalidRequest,
                    $"Unknown operation type {config.ConfigOperation} of {config.Name}.");
        }
    }

    private void AddResult(
        IncrementalAlterConfigsRequest.AlterConfigsResource resource,
        ErrorCode error,
        string? message) =>
        Response.Responses.Add(new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse
        {
            ErrorCode = (short)error,
            ErrorMessage = message,
            ResourceType = resource.ResourceType,
            ResourceName = resource.ResourceName,
        });
}
