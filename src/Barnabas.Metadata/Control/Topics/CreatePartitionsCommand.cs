using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>Adds partitions to topics. The count asked for is that after the addition.</summary>
public sealed class CreatePartitionsCommand(CreatePartitionsRequest request) : ControllerCommand
{
    public CreatePartitionsResponse Response { get; } = new();

    public override void Fail(ErrorCode error, string? message)
    {
        Response.Results.Clear();
        foreach (CreatePartitionsRequest.CreatePartitionsTopic topic in request.Topics)
        {
            Response.Results.Add(Result(topic.Name, error, message));
        }
    }

    internal override void Decide(ControllerStep step)
    {
        var times = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (CreatePartitionsRequest.CreatePartitionsTopic topic in request.Topics)
        {
            times[topic.Name] = times.GetValueOrDefault(topic.Name) + 1;
        }

        foreach (CreatePartitionsRequest.CreatePartitionsTopic topic in request.Topics)
        {
            if (!times.Remove(topic.Name, out int count))
            {
                continue;
            }

            int before = step.RecordCount;
            try
            {
                if (count > 1)
                {
                    throw new ControllerException(ErrorCode.InvalidRequest, "Duplicate topic name.");
                }

                Add(step, topic);
                Response.Results.Add(Result(topic.Name, ErrorCode.None));
            }
            catch (ControllerException refusal) when (refusal.Error != ErrorCode.PolicyViolation)
            {
                step.TruncateTo(before);
                Response.Results.Add(Result(topic.Name, refusal.Error, refusal.Message));
            }
        }

        if (request.ValidateOnly)
        {
            step.TruncateTo(0);
        }
    }

    private static CreatePartitionsResponse.CreatePartitionsTopicResult Result(
        string name,
        ErrorCode error,
        string? message = null) =>
        new() { Name = name, ErrorCode = (short)error, ErrorMessage = message };

    private static void Add(ControllerStep step, CreatePartitionsRequest.CreatePartitionsTopic asked)
    {
        if (!step.Image.Topics.TryGet(asked.Name, out TopicImage? topic)
            || !topic.TryGetPartition(0, out PartitionImage? first))
        {
            throw new ControllerException(
                ErrorCode.UnknownTopicOrPartition,
                "This server does not host this topic-partition.");
        }

        if (asked.Count == topic.PartitionCount)
        {
            throw new ControllerException(
                ErrorCode.InvalidPartitions,
                $"Topic already has {topic.PartitionCount} partition(s).");
        }

        if (asked.Count < topic.PartitionCount)
        {
            throw new ControllerException(
                ErrorCode.InvalidPartitions,
                $"The topic {topic.Name} currently has {topic.PartitionCount} partition(s); {asked.Count} would not " +
                "be an increase.");
        }

        int additional = asked.Count - topic.PartitionCount;
        if (additional > step.Options.PartitionsPerRequestMax)
        {
            throw new ControllerException(
                ErrorCode.PolicyViolation,
                "Excessively large number of additional partitions per request.");
        }

        List<PartitionImage> partitions = asked.Assignments is null
            ? NewPartitions.Place(step, additional, first.Replicas.Length)
            : FromAssignments(step, asked.Assignments, topic, additional, first.Replicas.Length);
        for (int index = 0; index < partitions.Count; index++)
        {
            step.Add(partitions[index].ToRecord(topic.Id, topic.PartitionLimit + index, step.Version));
        }
    }

    private static List<PartitionImage> FromAssignments(
        ControllerStep step,
        List<CreatePartitionsRequest.CreatePartitionsAssignment> assignments,
        TopicImage topic,
        int additional,
        int replicationFactor)
    {
        if (assignments.Count != additional)
        {
            throw new ControllerException(
                ErrorCode.InvalidReplicaAssignment,
                $"Attempted to add {additional} additional partition(s), but only {assignments.Count} assignment(s) " +
                "were specified.");
        }

        var partitions = new List<PartitionImage>(additional);
        foreach (CreatePartitionsRequest.CreatePartitionsAssignment assignment in assignments)
        {
            partitions.Add(NewPartitions.FromReplicas(
                step, topic.PartitionLimit + partitions.Count, assignment.BrokerIds, replicationFactor));
        }

        return partitions;
    }
}
