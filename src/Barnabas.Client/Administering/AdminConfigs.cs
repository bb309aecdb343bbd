using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>The calls of <see cref="KafkaAdmin"/> about configs.</summary>
internal sealed class AdminConfigs(AdminCalls calls)
{
    public async Task<IReadOnlyList<ConfigEntry>> DescribeAsync(ConfigResource resource, CancellationToken cancellation)
    {
        DescribeConfigsRequest request = new();
        request.Resources.Add(new DescribeConfigsRequest.DescribeConfigsResource
        {
            ResourceType = (sbyte)resource.Type,
            ResourceName = resource.Name,
            ConfigurationKeys = null,
        });
        DescribeConfigsResponse response = await SendAsync<DescribeConfigsResponse>(
            resource, request, static answer => ErrorCode.None, cancellation).ConfigureAwait(false);
        if (response.Results.Count != 1)
        {
            throw new KafkaException(
                ErrorCode.CorruptMessage, "DescribeConfigs was answered for another number of resources");
        }

        DescribeConfigsResponse.DescribeConfigsResult result = response.Results[0];
        new AdminResult(resource.Name, (ErrorCode)result.ErrorCode, result.ErrorMessage).ThrowIfFailed();
        return
        [
            .. result.Configs.Select(config => new ConfigEntry(
                config.Name, config.Value, (ConfigSource)config.ConfigSource, config.ReadOnly, config.IsSensitive)),
        ];
    }

    public async Task<AdminResult> AlterAsync(
        ConfigResource resource,
        IReadOnlyCollection<ConfigAlteration> changes,
        bool validateOnly,
        CancellationToken cancellation)
    {
        IncrementalAlterConfigsRequest.AlterConfigsResource altered = new()
        {
            ResourceType = (sbyte)resource.Type,
            ResourceName = resource.Name,
        };
        foreach (ConfigAlteration change in changes)
        {
            altered.Configs.Add(new IncrementalAlterConfigsRequest.AlterableConfig
            {
                Name = change.Name,
                ConfigOperation = (sbyte)change.Operation,
                Value = change.Value,
            });
        }

        IncrementalAlterConfigsRequest request = new() { ValidateOnly = validateOnly };
        request.Resources.Add(altered);
        IncrementalAlterConfigsResponse response = await SendAsync<IncrementalAlterConfigsResponse>(
            resource, request, static answer => ErrorCode.None, cancellation).ConfigureAwait(false);
        if (response.Responses.Count != 1)
        {
            throw new KafkaException(
                ErrorCode.CorruptMessage, "IncrementalAlterConfigs was answered for another number of resources");
        }

        return new AdminResult(
            resource.Name, (ErrorCode)response.Responses[0].ErrorCode, response.Responses[0].ErrorMessage);
    }

    // A broker's own configs are asked of that broker; everything else any broker knows.
    private async Task<TResponse> SendAsync<TResponse>(
        ConfigResource resource,
            IApiMessage request, Func<TResponse, ErrorCode> errorOf, CancellationToken cancellation)
        where TResponse : class, IMessage<TResponse>, new()
    {
        bool ofOneBroker = resource.Type is ConfigResourceType.Broker or ConfigResourceType.BrokerLogger;
        if (ofOneBroker && int.TryParse(resource.Name, out int broker))
        {
            KafkaConnection connection = await calls.BrokerAsync(broker, cancellation).ConfigureAwait(false);
            return await connection.SendAsync<TResponse>(request, cancellation: cancellation).ConfigureAwait(false);
        }

        return await calls.AnyAsync(_ => request, errorOf, cancellation).ConfigureAwait(false);
    }
}
