using Barnabas.Coordination;
using Barnabas.Kernel;

namespace Barnabas.Broker;

/// <summary>Which handlers a listener has: what is not in the table is neither served nor advertised.</summary>
internal static class HandlerTable
{
    /// <summary>For clients and brokers.</summary>
    public static RequestDispatcher ForBroker(BrokerParts parts)
    {
        RequestDispatcher table = new();
        table.Add(new ProduceHandler(parts.Topics, parts.Time, parts.Flushes, parts.Traffic));
        table.Add(new FetchHandler(
            parts.Topics, parts.FetchSessions, parts.FetchLimits, parts.ColdReads, parts.Traffic));
        table.Add(new ListOffsetsHandler(parts.Topics, parts.ColdReads));
        table.Add(new OffsetForLeaderEpochHandler(parts.Topics));
        table.Add(new MetadataHandler(parts.Cluster, parts.AutoCreation));
        table.Add(new DescribeClusterHandler(parts.Cluster));
        table.Add(new DescribeTopicPartitionsHandler(parts.Cluster, parts.Configs.Node.Fetch.DescribedPartitionsMax));
        table.Add(new DescribeConfigsHandler(parts.Cluster, parts.Configs));
        table.Add(new ListConfigResourcesHandler(parts.Cluster));
        table.Add(new InitProducerIdHandler(parts.ProducerIds));
        table.Add(new FindCoordinatorHandler(parts.Cluster, parts.Groups!, parts.AutoCreation));
        AddGroups(table, parts.Groups!);
        AddController(table, parts, self: parts.Cluster.Self);
        table.Add(new ApiVersionsHandler(parts.Cluster, table));
        return table;
    }

    /// <summary>For administration that goes straight to the controller (KIP-919).</summary>
    public static RequestDispatcher ForController(BrokerParts parts)
    {
        RequestDispatcher table = new();
        table.Add(new DescribeControllersHandler(parts.Cluster, parts.Controller));
        table.Add(new DescribeConfigsHandler(parts.Cluster, parts.Configs));
        AddController(table, parts, self: null);
        table.Add(new ApiVersionsHandler(parts.Cluster, table));
        return table;
    }

    private static void AddGroups(RequestDispatcher table, GroupCoordinator groups)
    {
        table.Add(new JoinGroupHandler(groups));
        table.Add(new SyncGroupHandler(groups));
        table.Add(new HeartbeatHandler(groups));
        table.Add(new LeaveGroupHandler(groups));
        table.Add(new OffsetCommitHandler(groups));
        table.Add(new OffsetFetchHandler(groups));
        table.Add(new OffsetDeleteHandler(groups));
        table.Add(new ListGroupsHandler(groups));
        table.Add(new DescribeGroupsHandler(groups));
        table.Add(new DeleteGroupsHandler(groups));
    }

    private static void AddController(RequestDispatcher table, BrokerParts parts, BrokerId? self)
    {
        table.Add(new CreateTopicsHandler(parts.Controller, parts.Configs));
        table.Add(new DeleteTopicsHandler(parts.Controller, parts.Configs));
        table.Add(new CreatePartitionsHandler(parts.Controller));
        table.Add(new AlterConfigsHandler(parts.Controller, self));
        table.Add(new IncrementalAlterConfigsHandler(parts.Controller, self));
        table.Add(new UpdateFeaturesHandler(parts.Controller));
        table.Add(new UnregisterBrokerHandler(parts.Controller));
        table.Add(new DescribeQuorumHandler(parts.Quorum, parts.Time));
    }
}
