using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>Changes of configurations and of partition counts on a whole node.</summary>
public sealed class ConfigApiTests : OneNodeTests
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;

    public ConfigApiTests() => Node.CreateTopic("t");

    [Fact]
    public void A_change_by_key_keeps_the_others_and_a_change_of_all_does_not()
    {
        Assert.Equal(ErrorCode.None, Set(Connection, Topic, "t", "retention.ms", "5"));
        Assert.Equal(ErrorCode.None, Set(Connection, Topic, "t", "flush.ms", "7"));
        Assert.Equal(("5", "7"), (Value("retention.ms"), Value("flush.ms")));
        AlterConfigsRequest all = new();
        all.Resources.Add(new()
        {
            ResourceType = Topic,
            ResourceName = "t",
            Configs = [new() { Name = "flush.ms", Value = "8" }],
        });
        Assert.Equal(0, Connection.Ask<AlterConfigsResponse>(all, 2).Responses[0].ErrorCode);
        Assert.Equal(("604800000", "8"), (Value("retention.ms"), Value("flush.ms")));
    }

    [Fact]
    public void A_broker_takes_its_own_configuration_alone_and_refuses_bad_values()
    {
        Assert.Equal(ErrorCode.None, Set(Connection, Broker, "1", "log.retention.ms", "5"));
        Assert.Equal(ErrorCode.InvalidRequest, Set(Connection, Broker, "1", "log.retention.ms", "x"));
        Assert.Equal(ErrorCode.InvalidRequest, Set(Connection, Broker, "1", "node.id", "2"));
        Assert.Equal(ErrorCode.InvalidRequest, Set(Connection, Broker, "2", "log.retention.ms", "5"));
        Assert.Equal(ErrorCode.InvalidRequest, Set(Connection, Topic, "", "retention.ms", "5"));
        Assert.Equal(ErrorCode.InvalidConfig, Set(Connection, Topic, "t", "retention.ms", "x"));
        // The controller asks whether there is such a node.
        using RawConnection controller = RawConnection.To(Node.ControllerPort);
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, Set(controller, Broker, "2", "log.retention.ms", "5"));
    }

    [Fact]
    public void ListConfigResources_lists_topics_and_brokers()
    {
        ListConfigResourcesRequest request = new() { ResourceTypes = [Topic, Broker] };
        Assert.Equal(
            [(Topic, "t"), (Broker, "1")],
            Connection.Ask<ListConfigResourcesResponse>(request, 1).ConfigResources
                .Select(static resource => (resource.ResourceType, resource.ResourceName)));
    }

    [Fact]
    public void CreatePartitions_only_adds()
    {
        Assert.Equal(ErrorCode.InvalidPartitions, SetCount(1));
        Assert.Equal(ErrorCode.None, SetCount(3));
        Assert.Equal(ErrorCode.InvalidPartitions, SetCount(2));
    }

    private static ErrorCode Set(RawConnection connection, sbyte type, string name, string key, string value)
    {
        IncrementalAlterConfigsRequest request = new();
        request.Resources.Add(new()
        {
            ResourceType = type,
            ResourceName = name,
            Configs = [new() { Name = key, Value = value }],
        });
        return (ErrorCode)Assert.Single(
            connection.Ask<IncrementalAlterConfigsResponse>(request, 1).Responses).ErrorCode;
    }

    private string? Value(string key)
    {
        DescribeConfigsRequest request = new();
        request.Resources.Add(new() { ResourceType = Topic, ResourceName = "t", ConfigurationKeys = [key] });
        return Connection.Ask<DescribeConfigsResponse>(request, 4).Results[0].Configs[0].Value;
    }

    private ErrorCode SetCount(int count)
    {
        CreatePartitionsRequest request = new() { TimeoutMs = 10_000 };
        request.Topics.Add(new() { Name = "t", Count = count, Assignments = null });
        return (ErrorCode)Connection.Ask<CreatePartitionsResponse>(request, 3).Results[0].ErrorCode;
    }
}
