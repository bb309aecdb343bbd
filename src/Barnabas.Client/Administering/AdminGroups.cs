using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>The calls of <see cref="KafkaAdmin"/> about groups.</summary>
internal sealed class AdminGroups(
    AdminOptions options, AdminCalls calls, BrokerConnections connections, ClusterMetadata metadata)
{
    public async Task<IReadOnlyList<GroupListing>> ListAsync(CancellationToken cancellation)
    {
        ClusterSnapshot cluster = await metadata.RefreshAsync(options.CallTimeout, cancellation).ConfigureAwait(false);
        List<GroupListing> groups = [];
        foreach (int broker in cluster.Brokers.Keys)
        {
            // Each broker lists the groups that it coordinates.
            KafkaConnection connection = await calls.BrokerAsync(broker, cancellation).ConfigureAwait(false);
            ListGroupsResponse response = await connection
                .SendAsync<ListGroupsResponse>(new ListGroupsRequest(), cancellation: cancellation)
                    .ConfigureAwait(false);
            new AdminResult($"groups of broker {broker}", (ErrorCode)response.ErrorCode, null).ThrowIfFailed();
            groups.AddRange(response.Groups.Select(group =>
                new GroupListing(group.GroupId, group.ProtocolType, group.GroupState, group.GroupType)));
        }

        groups.Sort(static (left, right) => string.CompareOrdinal(left.GroupId, right.GroupId));
        return groups;
    }

    public async Task<GroupDescription> DescribeAsync(string groupId, CancellationToken cancellation)
    {
        CoordinatorFinder coordinator = new(options, connections, metadata, groupId);
        MonotonicTime deadline = calls.Deadline();
        for (int failures = 1; ; failures++)
        {
            KafkaException problem;
            try
            {
                return await DescribeOnceAsync(coordinator, groupId, cancellation).ConfigureAwait(false);
            }
            catch (KafkaException error) when (error.IsRetriable)
            {
                problem = error;
            }

            coordinator.Forget();
            await calls.PauseAsync(failures, deadline, problem, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<GroupDescription> DescribeOnceAsync(
        CoordinatorFinder coordinator, string groupId, CancellationToken cancellation)
    {
        KafkaConnection connection = await coordinator.ConnectAsync(cancellation).ConfigureAwait(false);
        DescribeGroupsRequest request = new();
        request.Groups.Add(groupId);
        DescribeGroupsResponse response = await connection
            .SendAsync<DescribeGroupsResponse>(request, cancellation: cancellation).ConfigureAwait(false);
        if (response.Groups.Count != 1)
        {
            throw new KafkaException(
                ErrorCode.CorruptMessage, "DescribeGroups was answered for another number of groups");
        }

        DescribeGroupsResponse.DescribedGroup group = response.Groups[0];
        new AdminResult(groupId, (ErrorCode)group.ErrorCode, group.ErrorMessage).ThrowIfFailed();
        bool consumers = group.ProtocolType == ConsumerProtocol.Type;
        return new GroupDescription(group.GroupId, group.GroupState, group.ProtocolType, group.ProtocolData,
        [
            .. group.Members.Select(member => new GroupMemberDescription(
                member.MemberId,
                member.GroupInstanceId,
                member.ClientId,
                member.ClientHost,
                consumers ? ConsumerProtocol.ReadAssignment(member.MemberAssignment) : [])),
        ]);
    }
}
