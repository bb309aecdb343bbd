using Barnabas.Configuration;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// CreateTopics (19): makes topics with their partitions and configurations. Version 4 takes the defaults by -1
/// (KIP-464), version 5 tells what was made (KIP-525), version 7 tells the topic id (KIP-516). Decided by the
/// controller.
/// </summary>
internal sealed class CreateTopicsHandler(IControllerChannel controller, LiveConfigs configs)
    : MessageHandler<CreateTopicsRequest>
{
    public override ApiKey Api => ApiKey.CreateTopics;

    protected override void Handle(Request request, CreateTopicsRequest message) =>
        ControllerReply<CreateTopicsCommand>.Submit(
            controller,
            request,
            new CreateTopicsCommand(message),
            done => WithConfigs(request.Version, message, done.Response));

    /// <summary>All configurations of a topic just made, with their origin.</summary>
    private CreateTopicsResponse WithConfigs(short version, CreateTopicsRequest message, CreateTopicsResponse response)
    {
        if (version < 5)
        {
            return response;
        }

        foreach (CreateTopicsResponse.CreatableTopicResult made in response.Topics)
        {
            if (made.ErrorCode != (short)ErrorCode.None)
            {
                continue;
            }

            Dictionary<string, string> overrides = new(StringComparer.Ordinal);
            CreateTopicsRequest.CreatableTopic asked = message.Topics.Find(t => t.Name == made.Name)!;
            foreach (CreateTopicsRequest.CreatableTopicConfig config in asked.Configs)
            {
                if (config.Value is not null)
                {
                    overrides[config.Name] = config.Value;
                }
            }

            made.Configs = [];
            foreach (ConfigEntry entry in ConfigDescriber.DescribeTopic(overrides, configs.Broker))
            {
                made.Configs.Add(new CreateTopicsResponse.CreatableTopicConfigs
                {
                    Name = entry.Name,
                    Value = entry.IsSensitive ? null : entry.Value,
                    ReadOnly = entry.IsReadOnly,
                    ConfigSource = (sbyte)entry.Source,
                    IsSensitive = entry.IsSensitive,
                });
            }
        }

        return response;
    }
}
