using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>A broker tells in which of its log directories its replicas lie (KIP-858).</summary>
public sealed class AssignReplicasToDirsCommand(AssignReplicasToDirsRequest request) : ControllerCommand
{
    public AssignReplicasToDirsResponse Response { get; } = new();

    public override void Fail(ErrorCode error, string? message)
    {
        Response.ErrorCode = (short)error;
        Response.Directories.Clear();
    }

    internal override void Decide(ControllerStep step)
    {
        if (!step.Version.HasDirectoryAssignment)
        {
            throw new ControllerException(ErrorCode.UnsupportedVersion, "Directory assignment is not supported yet.");
        }

        BrokerRegistration broker = step.RequireBroker(request.BrokerId, request.BrokerEpoch);
        step.IsAtomic = false;
        foreach (AssignReplicasToDirsRequest.DirectoryData directory in request.Directories)
        {
            var answer = new AssignReplicasToDirsResponse.DirectoryData { Id = directory.Id };
            Response.Directories.Add(answer);
            foreach (AssignReplicasToDirsRequest.TopicData topic in directory.Topics)
            {
                answer.Topics.Add(Assign(step, broker, directory.Id, topic));
            }
        }
    }

    private static AssignReplicasToDirsResponse.TopicData Assign(
        ControllerStep step,
        BrokerRegistration broker,
        Uuid directory,
        AssignReplicasToDirsRequest.TopicData asked)
    {
        var answer = new AssignReplicasToDirsResponse.TopicData { TopicId = asked.TopicId };
        step.Image.Topics.TryGet(asked.TopicId, out TopicImage? topic);
        foreach (AssignReplicasToDirsRequest.PartitionData partition in asked.Partitions)
        {
            ErrorCode error = topic is null
                ? ErrorCode.UnknownTopicId
                : Assign(step, broker, directory, topic, partition.PartitionIndex);
            answer.Partitions.Add(new AssignReplicasToDirsResponse.PartitionData
            {
                PartitionIndex = partition.PartitionIndex,
                ErrorCode = (short)error,
            });
        }

        return answer;
    }

    private static ErrorCode Assign(
        ControllerStep step,
        BrokerRegistration broker,
        Uuid directory,
        TopicImage topic,
        int partition)
    {
        if (!topic.TryGetPartition(partition, out PartitionImage? image))
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        if (!image.Replicas.Contains(broker.Id))
        {
            return ErrorCode.NotLeaderOrFollower;
        }

        // A replica in a directory that is offline cannot serve: with the assignment it leaves ISR and leadership.
        bool isOffline = !broker.HasOnline(directory);
        PartitionChange change = Elections.Change(
            step,
            topic,
            partition,
            image,
            Elections.AllowsUnclean(step, topic.Name) ? Election.Unclean : Election.Online,
            candidate => (candidate != broker.Id || !isOffline) && Elections.IsActive(step, candidate),
            directory: (broker.Id, directory));
        if (isOffline)
        {
            change.Isr = image.Isr.Remove(broker.Id);
        }

        if (change.ToRecord() is { } record)
        {
            step.Add(record);
        }

        return ErrorCode.None;
    }
}
