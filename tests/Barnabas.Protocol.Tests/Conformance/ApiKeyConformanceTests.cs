namespace Barnabas.Protocol.Tests;

/// <summary>The table of api keys against the one published for Apache Kafka 4.4.</summary>
public sealed class ApiKeyConformanceTests
{
    [ReferenceDataFact]
    public void The_table_says_what_Apache_Kafka_says()
    {
        List<string> theirs = [];
        List<string> ours = [];
        foreach (string[] row in Rows("apikeys.tsv"))
        {
            ApiKeyFacts facts = ApiKeys.Find(short.Parse(row[0], null))!;
            bool valid = row[8] == "true";
            theirs.Add(valid ? string.Join('\t', row) : $"{row[0]}\t{row[1]}\tretired");
            string state = facts.Retired ? "retired" : "served";
            ours.Add(valid ? Describe(facts) : $"{(short)facts.Key}\t{facts.Name}\t{state}");
        }

        Assert.Equal(theirs, ours);
        Assert.Equal(theirs.Count, ApiKeys.All.Count());
    }

    [ReferenceDataFact]
    public void The_headers_of_retired_keys_are_those_of_their_time()
    {
        int compared = 0;
        foreach (string[] row in Rows(Path.Combine("zookeeper-era", "apikeys.tsv")))
        {
            ApiKeyFacts facts = ApiKeys.Find(short.Parse(row[0], null))!;
            if (facts.Retired)
            {
                compared++;
                short newest = facts.HighestVersion;
                Assert.Equal(row[9], $"{facts.RequestHeaderVersion(newest)}/{facts.ResponseHeaderVersion(newest)}");
            }
        }

        Assert.Equal(4, compared);
    }

    [Fact]
    public void ApiVersions_is_always_answered_with_the_first_header()
    {
        ApiKeyFacts facts = ApiKeys.Get(ApiKey.ApiVersions);
        Assert.Equal(2, facts.RequestHeaderVersion(99));
        Assert.Equal(0, facts.ResponseHeaderVersion(4));
    }

    [Fact]
    public void The_first_ControlledShutdown_has_the_first_header()
    {
        ApiKeyFacts facts = ApiKeys.Get(ApiKey.ControlledShutdown);
        Assert.Equal(0, facts.RequestHeaderVersion(0));
        Assert.Equal(1, facts.RequestHeaderVersion(1));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(999)]
    [InlineData(short.MinValue)]
    public void A_number_nobody_defined_is_not_found(short number) => Assert.Null(ApiKeys.Find(number));

    private static IEnumerable<string[]> Rows(string file) =>
        File.ReadLines(Path.Combine(Reference.Data!, file)).Skip(1).Select(line => line.Split('\t'));

    private static string Describe(ApiKeyFacts facts)
    {
        List<string> listeners = [];
        if (facts.Listeners.HasFlag(ApiListeners.Broker))
        {
            listeners.Add("BROKER");
        }

        if (facts.Listeners.HasFlag(ApiListeners.Controller))
        {
            listeners.Add("CONTROLLER");
        }

        short newest = facts.HighestVersion;
        // The published table counts from the oldest version that is still spoken.
        short firstFlexible = Math.Max(facts.FirstFlexibleRequestVersion, facts.LowestVersion);
        string flexible = firstFlexible == short.MaxValue ? "-" : $"{firstFlexible}";
        return string.Join(
            '\t',
            (short)facts.Key,
            facts.Name,
            facts.LowestVersion,
            newest,
            facts.HighestStableVersion,
            $"[{string.Join(", ", listeners)}]",
            facts.ClusterAction ? "true" : "false",
            facts.Forwardable ? "true" : "false",
            "true",
            $"{facts.RequestHeaderVersion(newest)}/{facts.ResponseHeaderVersion(newest)}",
            flexible);
    }
}
