using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>Replaces whole configurations: what is not named goes back to its default. The older way.</summary>
public sealed class AlterConfigsCommand(AlterConfigsRequest request) : ControllerCommand
{
    public AlterConfigsResponse Response { get; } = new();

    /// <summary>
    /// The broker that was asked, which takes changes of its own configuration only; null if the controller was
    /// (KIP-919).
    /// </summary>
    public BrokerId? AskedBroker { get; init; }

    public override void Fail(ErrorCode error, string? message)
    {
        Response.Responses.Clear();
        foreach (AlterConfigsRequest.AlterConfigsResource resource in request.Resources)
        {
            AddResult(resource, error, message);
        }
    }

    internal override void Decide(ControllerStep step)
    {
        var times = new Dictionary<ConfigResource, int>();
        foreach (AlterConfigsRequest.AlterConfigsResource resource in request.Resources)
        {
            times[ToResource(resource)] = times.GetValueOrDefault(ToResource(resource)) + 1;
        }

        foreach (AlterConfigsRequest.AlterConfigsResource resource in request.Resources)
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

                Replace(step, resource);
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

    private static ConfigResource ToResource(AlterConfigsRequest.AlterConfigsResource resource) =>
        new((ConfigResourceType)resource.ResourceType, resource.ResourceName);

    private void Replace(ControllerStep step, AlterConfigsRequest.AlterConfigsResource asked)
    {
        var proposed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (AlterConfigsRequest.AlterableConfig config in asked.Configs)
        {
            string value = config.Value ?? throw new ControllerException(
                ErrorCode.InvalidRequest,
                $"Null value not supported for : {config.Name}");
            if (!proposed.TryAdd(config.Name, value))
            {
                throw new ControllerException(
                    ErrorCode.InvalidRequest,
                    $"Error due to duplicate config keys: {config.Name}");
            }
        }

        ConfigChanges.AddRecords(step, AskedBroker, ToResource(asked), proposed, proposed.Keys);
    }

    private void AddResult(AlterConfigsRequest.AlterConfigsResource resource, ErrorCode error, string? message) =>
        Response.Responses.Add(new AlterConfigsResponse.AlterConfigsResourceResponse
        {
            ErrorCode = (short)error,
            ErrorMessage = message,
            ResourceType = resource.ResourceType,
            ResourceName = resource.ResourceName,
        });
}
