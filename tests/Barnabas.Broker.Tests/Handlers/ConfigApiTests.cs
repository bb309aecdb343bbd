using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>Changes of configurations and of partition counts on a whole node.</summary>
public sealed class ConfigApiTests : IDisposable
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;

    private readonly TestNode _node = TestNode.Start();
    private readonly RawConnection _connection;

    public ConfigApiTests()
    {
        _node.CreateTopic("t");
        _connection = _node.Connect();
    }

    public void Dispose()
    {
        _connection.Dispose();
        Assert.Empty(_node.Faults);
        _node.Dispose();
    }

    [Fact]
    public void A_change_by_key_keeps_the_others_and_a_change_of_all_does_not()
    {
        Assert.Equal(ErrorCode.None, Set(_connection, Topic, "t", "retention.ms", "5"));
        Assert.Equal(ErrorCode.None, Set(_connection, Topic, "t", "flush.ms", "7"));
        Assert.Equal(("5", "7"), (Value("retention.ms"), Value("flush.ms")));
        AlterConfigsRequest all = new();
        all.Resources.Add(new()
        {
            ResourceType = Topic,
            ResourceName = "t",
            Configs = [new() { Name = "flush.ms", Value = "8" }],
        });
        Assert.Equal(0, _connection.Ask<AlterConfigsResponse>(all, 2).Responses[0].ErrorCode);
        Assert.Equal(("604800000", "8"), (Value("retention.ms"), Value("flush.ms")));
    }

    [Fact]
    public void A_broker_takes_its_own_configuration_alone_and_refuses_bad_values()
    {
        Assert.Equal(ErrorCode.None, Set(_connection, Broker, "1", "log.retention.ms", "5"));
        Assert.Equal(ErrorCode.InvalidRequest, Set(_connection, Broker, "1", "log.retention.ms", "x"));
        Assert.Equal(ErrorCode.InvalidRequest, Set(_connection, Broker, "1", "node.id", "2"));
        Assert.Equal(ErrorCode.InvalidRequest, Set(_connection, Broker, "2", "log.retention.ms", "5"));
        Assert.Equal(ErrorCode.InvalidRequest, Set(_connection, Topic, "", "retention.ms", "5"));
        Assert.Equal(ErrorCode.InvalidConfig, Set(_connection, Topic, "t", "retention.ms", "x"));
        // The controller asks whether there is such a node.
        using RawConnection controller = RawConnection.To(_node.ControllerPort);
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, Set(controller, Broker, "2", "log.retention.ms", "5"));
    }

    [Fact]
    public void ListConfigResources_lists_topics_and_brokers()
    {
        ListConfigResourcesRequest request = new() { ResourceTypes = [Topic, Broker] };
        Assert.Equal(
            [(Topic, "t"), (Broker, "1")],
            _connection.Ask<ListConfigResourcesResponse>(request, 1).ConfigResources
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
        return _connection.Ask<DescribeConfigsResponse>(request, 4).Results[0].Configs[0].Value;
    }

    private ErrorCode SetCount(int count)
    {
        CreatePartitionsRequest request = new() { TimeoutMs = 10_000 };
        request.Topics.Add(new() { Name = "t", Count = count, Assignments = null });
        return (ErrorCode)_connection.Ask<CreatePartitionsResponse>(request, 3).Results[0].ErrorCode;
    }
}
