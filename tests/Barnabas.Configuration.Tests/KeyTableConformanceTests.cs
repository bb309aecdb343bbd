using System.Globalization;

namespace Barnabas.Configuration.Tests;

/// <summary>Our key tables against those of Apache Kafka 4.4, field by field.</summary>
public class KeyTableConformanceTests
{
    [ConformanceFact]
    public void Broker_keys_are_Kafkas() => AssertSame(ConfigTables.Broker, "broker.tsv", "barnabas.");

    [ConformanceFact]
    public void Topic_keys_are_Kafkas() => AssertSame(ConfigTables.Topic, "topic.tsv");

    [ConformanceFact]
    public void Group_keys_are_Kafkas() => AssertSame(ConfigTables.Group, "group.tsv");

    [ConformanceFact]
    public void Topic_synonyms_are_Kafkas()
    {
        Dictionary<string, string> theirs = KafkaData.ReadTable("topic-to-broker-synonyms.tsv")
            .ToDictionary(row => row[0], row => row[1]);
        Dictionary<string, string> ours = ConfigTables.Topic.Keys
            .Where(key => TopicSynonyms.Of(key).Count > 0)
            .ToDictionary(
                key => key.Name,
                key => string.Join(", ", TopicSynonyms.Of(key).Select(synonym => synonym.BrokerKey.Name)));
        Assert.Equal(Sorted(theirs), Sorted(ours));
    }

    [ConformanceFact]
    public void No_documentation_is_copied()
    {
        // Short factual texts may coincide by chance in a few words; a whole sentence of some length may not.
        foreach (string file in new[] { "broker.tsv", "topic.tsv", "group.tsv" })
        {
            foreach (string[] row in KafkaData.ReadTable(file))
            {
                ConfigTable table = file switch
                {
                    "broker.tsv" => ConfigTables.Broker,
                    "topic.tsv" => ConfigTables.Topic,
                    _ => ConfigTables.Group,
                };
                string ours = table.Find(row[0])!.Documentation;
                Assert.DoesNotContain(ours, row[7], StringComparison.OrdinalIgnoreCase);
                Assert.False(row[7].Length > 0 && ours.Contains(row[7], StringComparison.OrdinalIgnoreCase), row[0]);
            }
        }
    }

    private static void AssertSame(ConfigTable table, string file, string ownPrefix = "\0")
    {
        string[] theirs = [.. KafkaData.ReadTable(file)
            .Select(row => string.Join(" | ", row[..7]))
            .Order(StringComparer.Ordinal)];
        string[] ours = [.. table.Keys
            .Where(key => !key.Name.StartsWith(ownPrefix, StringComparison.Ordinal))
            .Select(Row)
            .Order(StringComparer.Ordinal)];
        Assert.Equal(theirs, ours);

        string Row(ConfigKey key) => string.Join(
            " | ",
            key.Name,
            ConfigText.TypeName(key.Type),
            key.IsRequired ? "<required>" : ConfigText.Print(key.Default) ?? "null",
            key.Importance.ToString().ToUpper(CultureInfo.InvariantCulture),
            table != ConfigTables.Broker ? "-" : key.Mode switch
            {
                DynamicMode.ReadOnly => "read-only",
                DynamicMode.ClusterWide => "cluster-wide",
                _ => "per-broker",
            },
            key.Rule?.ToString() ?? "",
            key.IsInternal ? "true" : "false");
    }

    private static string[] Sorted(Dictionary<string, string> map) =>
        [.. map.Select(pair => $"{pair.Key} = {pair.Value}").Order(StringComparer.Ordinal)];
}
