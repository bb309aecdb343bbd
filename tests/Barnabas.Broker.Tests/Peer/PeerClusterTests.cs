using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>Questions about features, the quorum and brokers: the answers of this node are Apache Kafka's.</summary>
[Trait("Category", "Peer")]
[Collection(KafkaPairCollection.Name)]
public sealed class PeerClusterTests(KafkaPair pair)
{
    [PeerFact]
    public void UpdateFeatures_answers_as_Kafka_does() => pair.Compare(static ask =>
    {
        (string Feature, short Level, sbyte Type)[] updates =
        [
            ("no.such", 1, 1), ("", 1, 1), ("metadata.version", 999, 1), ("metadata.version", 0, 1),
            ("metadata.version", 7, 1), ("metadata.version", 7, 2), ("metadata.version", 7, 3),
            ("metadata.version", -1, 1), ("group.version", 1, 1), ("group.version", 9, 1), ("group.version", 0, 1),
            ("group.version", 0, 2), ("group.version", 0, 9), ("kraft.version", 1, 1), ("kraft.version", 9, 1),
        ];
        foreach ((string feature, short level, sbyte type) in updates)
        {
            foreach (short version in (short[])[1, 2])
            {
                UpdateFeaturesRequest request = new() { ValidateOnly = true, TimeoutMs = 10_000 };
                request.FeatureUpdates.Add(new() { Feature = feature, MaxVersionLevel = level, UpgradeType = type });
                ask.Ask<UpdateFeaturesResponse>($"'{feature}' {level} {type} v{version}", request, version);
            }
        }

        ask.Ask<UpdateFeaturesResponse>("nothing", new UpdateFeaturesRequest { ValidateOnly = true }, 2);
    },
        new Intended("^'kraft.version' 1 ", "the quorum's version cannot be changed while it runs"),
        new Intended("^'(?!kraft.version' 1).*ErrorMessage$", "own words"));

    [PeerFact]
    public void UnregisterBroker_answers_as_Kafka_does() => pair.Compare(static ask =>
    {
        foreach (int broker in (int[])[9, -1])
        {
            ask.Ask<UnregisterBrokerResponse>($"{broker}", new UnregisterBrokerRequest { BrokerId = broker }, 0);
        }
    });

    [PeerFact]
    public void DescribeQuorum_answers_as_Kafka_does() => pair.Compare(
        static ask =>
        {
            foreach (short version in (short[])[0, 1, 2])
            {
                foreach ((string topic, int partition) in ((string, int)[])[
                    ("__cluster_metadata", 0), ("__cluster_metadata", 1), ("t", 0), ("", 0)])
                {
                    DescribeQuorumRequest request = new();
                    request.Topics.Add(new()
                    {
                        TopicName = topic,
                        Partitions = [new() { PartitionIndex = partition }],
                    });
                    ask.Ask<DescribeQuorumResponse>($"'{topic}' {partition} v{version}", request, version);
                }

                ask.Ask<DescribeQuorumResponse>($"nothing v{version}", new DescribeQuorumRequest(), version);
            }
        },
        new Intended("(HighWatermark|LogEndOffset|Timestamp|LeaderEpoch)$", "each has a history of its own"));

    [PeerFact]
    public void ApiVersions_tells_versions_and_features_as_Kafka_does() => pair.Compare(
        static ask =>
        {
            foreach (short version in (short[])[0, 2, 3, 4])
            {
                ApiVersionsRequest request = new();
                if (version >= 3)
                {
                    request.ClientSoftwareName = "test";
                    request.ClientSoftwareVersion = "1";
                }

                ask.Ask<ApiVersionsResponse>($"v{version}", request, version);
            }
        },
        new Intended("FinalizedFeaturesEpoch$", "each has a history of its own"),
        new Intended(@"ApiKeys(\.Count|\[\d+\])$", "what is not there is not advertised"));
}
