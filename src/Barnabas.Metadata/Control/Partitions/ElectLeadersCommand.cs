using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>An administrator asks for an election: of preferred leaders, or an unclean one where there is no
/// leader.</summary>
public sealed class ElectLeadersCommand(ElectLeadersRequest request) : ControllerCommand
{
    private const sbyte Preferred = 0;
    private const sbyte Unclean = 1;

    public ElectLeadersResponse Response { get; } = new();

    public override void Fail(ErrorCode error, string? message)
    {
        Response.ErrorCode = (short)error;
        Response.ReplicaElectionResults.Clear();
    }

    internal override void Decide(ControllerStep step)
    {
        if (request.ElectionType is not (Preferred or Unclean))
        {
            throw new ControllerException(ErrorCode.InvalidRequest, $"Unknown election type {request.ElectionType}");
        }

        step.IsAtomic = false;
        if (request.TopicPartitions is { } asked)
        {
            foreach (var topic in asked)
            {
                Elect(step, topic.Topic, topic.Partitions, reportsNotNeeded: true);
            }

            return;
        }

        foreach (TopicImage topic in step.Image.Topics.SortedByName())
        {
            Elect(step, topic.Name, Enumerable.Range(0, topic.PartitionLimit), reportsNotNeeded: false);
        }
    }

    private void Elect(ControllerStep step, string name, IEnumerable<int> partitions, bool reportsNotNeeded)
    {
        var result = new ElectLeadersResponse.ReplicaElectionResult { Topic = name };
        Response.ReplicaElectionResults.Add(result);
        foreach (int partition in partitions)
        {
            (ErrorCode error, string? message) = Elect(step, name, partition);
            if (error != ErrorCode.ElectionNotNeeded || reportsNotNeeded)
            {
                result.PartitionResult.Add(new()
                {
                    PartitionId = partition,
                    ErrorCode = (short)error,
                    ErrorMessage = message,
                });
            }
        }
    }

    private (ErrorCode Error, string? Message) Elect(ControllerStep step, string name, int partition)
    {
        if (!step.Image.Topics.TryGet(name, out TopicImage? topic)
            || !topic.TryGetPartition(partition, out PartitionImage? image))
        {
            return (ErrorCode.UnknownTopicOrPartition, $"No such partition as {name}-{partition}");
        }

        bool isPreferred = request.ElectionType == Preferred;
        if (isPreferred ? image.HasPreferredLeader : image.HasLeader)
        {
            return (ErrorCode.ElectionNotNeeded, null);
        }

        Election election = isPreferred ? Election.Preferred : Election.Unclean;
        if (Elections.Change(step, topic, partition, image, election).ToRecord() is { } record)
        {
            step.Add(record);
            return (ErrorCode.None, null);
        }

        return (
            isPreferred ? ErrorCode.PreferredLeaderNotAvailable : ErrorCode.EligibleLeadersNotAvailable,
            null);
    }
}
