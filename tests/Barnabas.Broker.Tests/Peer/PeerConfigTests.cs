using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>Configurations as Apache Kafka shows and changes them: every key of every kind of resource.</summary>
[Trait("Category", "Peer")]
[Collection(KafkaPairCollection.Name)]
public sealed class PeerConfigTests(KafkaPair pair)
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;
    private const sbyte BrokerLogger = 8;
    private const sbyte ClientMetrics = 16;
    private const sbyte Group = 32;

    [PeerFact]
    public void DescribeConfigs_tells_every_key_as_Kafka_does() => pair.Compare(static ask =>
    {
        (sbyte Type, string Name)[] resources =
            [(Topic, "t"), (Topic, "set"), (Broker, "1"), (Broker, ""), (Group, "g")];
        foreach ((sbyte type, string name) in resources)
        {
            ask.Ask<DescribeConfigsResponse>($"{type} '{name}'", Describe(type, name, documentation: true), 4);
            ask.Ask<DescribeConfigsResponse>($"{type} '{name}' v1", Describe(type, name, documentation: false), 1);
        }
    },
        new Intended(@"\.Documentation$", "own words"),
        new Intended(@"^4 '1'.*Configs(\.Count|\[barnabas\.)", "this node has keys of its own"));

    [PeerFact]
    public void DescribeConfigs_answers_odd_questions_as_Kafka_does() => pair.Compare(static ask =>
    {
        (sbyte Type, string Name)[] resources =
        [
            (Topic, ""), (Topic, "a/b"), (Topic, "nowhere"), (Broker, "2"), (Broker, "x"), (Group, ""),
            (Group, "nobody"), (ClientMetrics, ""), (ClientMetrics, "m"), (0, "x"), (3, "x"), (77, "x"),
            (BrokerLogger, "2"),
            (BrokerLogger, "x"),
        ];
        foreach ((sbyte type, string name) in resources)
        {
            ask.Ask<DescribeConfigsResponse>($"{type} '{name}'", Describe(type, name, documentation: false), 4);
        }

        ask.Ask<DescribeConfigsResponse>("one key", Describe(Topic, "t", false, "retention.ms"), 4);
        ask.Ask<DescribeConfigsResponse>("an unknown key", Describe(Topic, "t", false, "no.such.key"), 4);
        ask.Ask<DescribeConfigsResponse>("no key", new DescribeConfigsRequest
        {
            Resources = [new() { ResourceType = Topic, ResourceName = "t", ConfigurationKeys = [] }],
        }, 4);
    },
        new Intended("^(0|3|77) 'x'.*ErrorMessage", "own words"),
        new Intended("^16 ", "there are no client metrics (KIP-714) yet"),
        new Intended("^8 .*ErrorMessage", "there are no loggers with levels of their own"));

    [PeerFact]
    public void Configurations_are_refused_as_Kafka_does() => pair.Compare(static ask =>
    {
        (sbyte Type, string Name, string Key, string? Value, sbyte Operation)[] changes =
        [
            (Topic, "t", "retention.ms", "5", 0), (Topic, "t", "retention.ms", "x", 0),
            (Topic, "t", "no.such", "5", 0),
            (Topic, "t", "no.such", null, 1), (Topic, "t", "retention.ms", null, 0),
            (Topic, "t", "retention.ms", "5", 2), (Topic, "t", "cleanup.policy", "compact", 2),
            (Topic, "t", "cleanup.policy", "delete", 3),
            (Topic, "t", "cleanup.policy", "shred", 2), (Topic, "t", "retention.ms", "5", 9),
            (Topic, "nowhere", "retention.ms", "5", 0), (Topic, "", "retention.ms", "5", 0),
            (Topic, "a/b", "retention.ms", "5", 0), (Broker, "1", "log.dirs", "/x", 0),
            (Broker, "1", "node.id", "2", 0), (Broker, "1", "no.such", "2", 0),
            (Broker, "x", "log.retention.ms", "2", 0),
            (Broker, "2", "log.retention.ms", "2", 0), (Broker, "", "log.retention.ms", "x", 0),
            (Broker, "1", "log.retention.ms", "7", 0), (Broker, "", "log.retention.ms", "7", 0),
            (Broker, "", "advertised.listeners", "PLAINTEXT://x:1", 0),
            (Group, "g", "consumer.session.timeout.ms", "1", 0),
            (Group, "", "consumer.session.timeout.ms", "45000", 0), (Group, "g", "no.such", "1", 0),
            (ClientMetrics, "m", "interval.ms", "x", 0), (ClientMetrics, "", "interval.ms", "1", 0),
            (BrokerLogger, "1", "no.such.logger", "LOUD", 0), (77, "x", "y", "z", 0), (0, "x", "y", "z", 0),
            (Topic, "t", "segment.bytes", "1", 0), (Topic, "t", "min.insync.replicas", "0", 0),
        ];
        for (int i = 0; i < changes.Length; i++)
        {
            (sbyte type, string name, string key, string? value, sbyte operation) = changes[i];
            IncrementalAlterConfigsRequest request = new() { ValidateOnly = true };
            IncrementalAlterConfigsRequest.AlterConfigsResource resource = new()
            {
                ResourceType = type,
                ResourceName = name,
            };
            resource.Configs.Add(new() { Name = key, Value = value, ConfigOperation = operation });
            request.Resources.Add(resource);
            ask.Ask<IncrementalAlterConfigsResponse>(
                $"incremental {i} {type} '{name}' {key}={value} {operation}", request, 1);
            if (operation != 0)
            {
                continue;
            }

            AlterConfigsRequest old = new() { ValidateOnly = true };
            AlterConfigsRequest.AlterConfigsResource same = new() { ResourceType = type, ResourceName = name };
            same.Configs.Add(new() { Name = key, Value = value });
            old.Resources.Add(same);
            ask.Ask<AlterConfigsResponse>($"alter {i} {type} '{name}' {key}={value}", old, 2);
        }
    },
        new Intended("'x' log.retention.ms=2.*ErrorMessage", "own words"),
        new Intended("'g' consumer.session.timeout.ms=1.*ErrorMessage", "own words"),
        new Intended("16 'm'.*ErrorMessage", "there are no client metrics (KIP-714) yet"),
        new Intended("^incremental 27 8 ", "there are no loggers with levels of their own"),
        new Intended("^incremental 9 .* 9", "Apache Kafka fails on an operation that it does not know"));

    [PeerFact]
    public void ListConfigResources_answers_as_Kafka_does() => pair.Compare(static ask =>
    {
        ask.Ask<ListConfigResourcesResponse>("v0", new ListConfigResourcesRequest(), 0);
        ask.Ask<ListConfigResourcesResponse>("all", new ListConfigResourcesRequest(), 1);
        foreach (sbyte type in (sbyte[])[0, Topic, Broker, BrokerLogger, ClientMetrics, Group, 77])
        {
            ask.Ask<ListConfigResourcesResponse>(
                $"type {type}", new ListConfigResourcesRequest { ResourceTypes = [type] }, 1);
        }
    });

    private static DescribeConfigsRequest Describe(
        sbyte type, string name, bool documentation, params string[] keys)
    {
        DescribeConfigsRequest request = new() { IncludeSynonyms = true, IncludeDocumentation = documentation };
        request.Resources.Add(new()
        {
            ResourceType = type,
            ResourceName = name,
            ConfigurationKeys = keys.Length == 0 ? null : [.. keys],
        });
        return request;
    }
}
