using System.Collections.Immutable;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>A leader changes the ISR of its partitions (KIP-497), proving by both epochs that it knows their
/// state.</summary>
public sealed class AlterPartitionCommand(AlterPartitionRequest request) : ControllerCommand
{
    public AlterPartitionResponse Response { get; } = new();

    public override void Fail(ErrorCode error, string? message)
    {
        Response.ErrorCode = (short)error;
        Response.Topics.Clear();
    }

    internal override void Decide(ControllerStep step)
    {
        BrokerRegistration asker = step.RequireBroker(request.BrokerId, request.BrokerEpoch);
        step.IsAtomic = false;
        foreach (AlterPartitionRequest.TopicData asked in request.Topics)
        {
            var answer = new AlterPartitionResponse.TopicData { TopicId = asked.TopicId };
            Response.Topics.Add(answer);
            step.Image.Topics.TryGet(asked.TopicId, out TopicImage? topic);
            foreach (AlterPartitionRequest.PartitionData partition in asked.Partitions)
            {
                answer.Partitions.Add(topic is null
                    ? Refusal(partition, ErrorCode.UnknownTopicId)
                    : Alter(step, asker.Id, topic, partition));
            }
        }
    }

    private static AlterPartitionResponse.PartitionData Refusal(
        AlterPartitionRequest.PartitionData asked,
        ErrorCode error) =>
        new() { PartitionIndex = asked.PartitionIndex, ErrorCode = (short)error };

    private static AlterPartitionResponse.PartitionData Alter(
        ControllerStep step,
        BrokerId asker,
        TopicImage topic,
        AlterPartitionRequest.PartitionData asked)
    {
        if (!topic.TryGetPartition(asked.PartitionIndex, out PartitionImage? before))
        {
            return Refusal(asked, ErrorCode.UnknownTopicOrPartition);
        }

        ImmutableArray<BrokerId> isr = WantedIsr(asked);
        ErrorCode error = Check(step, asker, before, asked, isr);
        if (error != ErrorCode.None)
        {
            return Refusal(asked, error);
        }

        Election election = Elections.AllowsUnclean(step, topic.Name) ? Election.Unclean : Election.Online;
        PartitionChange change = Elections.Change(step, topic, asked.PartitionIndex, before, election);
        change.Isr = isr;
        change.RecoveryState = (LeaderRecoveryState)asked.LeaderRecoveryState;
        PartitionImage after = before;
        if (change.ToRecord() is { } record)
        {
            step.Add(record);
            var changed = (PartitionChangeRecord)record.Message;
            after = before.With(changed);
            if (changed.NamesLeader() && after.Leader != asker)
            {
                // The change completed a reassignment that took the leadership away. It stands, but the asker must
                // learn of it from the metadata before it asks again.
                return Refusal(asked, ErrorCode.NewLeaderElected);
            }
        }

        return new AlterPartitionResponse.PartitionData
        {
            PartitionIndex = asked.PartitionIndex,
            LeaderId = after.Leader.Value,
            LeaderEpoch = after.LeaderEpoch.Value,
            Isr = PartitionImage.ToInts(after.Isr),
            LeaderRecoveryState = (sbyte)after.LeaderRecoveryState,
            PartitionEpoch = after.PartitionEpoch,
        };
    }

    private static ImmutableArray<BrokerId> WantedIsr(AlterPartitionRequest.PartitionData asked)
    {
        if (asked.NewIsrWithEpochs.Count == 0)
        {
            return PartitionImage.ToIds(asked.NewIsr);
        }

        var isr = ImmutableArray.CreateBuilder<BrokerId>(asked.NewIsrWithEpochs.Count);
        foreach (AlterPartitionRequest.BrokerState broker in asked.NewIsrWithEpochs)
        {
            isr.Add(new BrokerId(broker.BrokerId));
        }

        return isr.MoveToImmutable();
    }

    // The order of the checks decides what a leader with several problems is told; it is Kafka's.
    private static ErrorCode Check(
        ControllerStep step,
        BrokerId asker,
        PartitionImage before,
        AlterPartitionRequest.PartitionData asked,
        ImmutableArray<BrokerId> isr)
    {
        if (asked.LeaderEpoch > before.LeaderEpoch.Value || asked.PartitionEpoch > before.PartitionEpoch)
        {
            // The leader knows more than this controller: another one must be active.
            return ErrorCode.NotController;
        }

        if (asked.LeaderEpoch < before.LeaderEpoch.Value)
        {
            return ErrorCode.FencedLeaderEpoch;
        }

        if (asker != before.Leader)
        {
            return ErrorCode.InvalidRequest;
        }

        if (asked.PartitionEpoch < before.PartitionEpoch)
        {
            return ErrorCode.InvalidUpdateVersion;
        }

        return IsLegal(before, asked, isr)
            ? HasOnlyEligible(step, asked, isr) ? ErrorCode.None : ErrorCode.IneligibleReplica
            : ErrorCode.InvalidRequest;
    }

    private static bool IsLegal(
        PartitionImage before,
        AlterPartitionRequest.PartitionData asked,
        ImmutableArray<BrokerId> isr)
    {
        bool isRecovering = asked.LeaderRecoveryState == (sbyte)LeaderRecoveryState.Recovering;
        return asked.LeaderRecoveryState is 0 or 1
            && !isr.IsEmpty
            && isr.Contains(before.Leader)
            && isr.Distinct().Count() == isr.Length
            && isr.All(broker => before.Replicas.Contains(broker))
            && !(isRecovering && isr.Length > 1)
            && !(isRecovering && before.LeaderRecoveryState == LeaderRecoveryState.Recovered);
    }

    private static bool HasOnlyEligible(
        ControllerStep step,
        AlterPartitionRequest.PartitionData asked,
        ImmutableArray<BrokerId> isr)
    {
        foreach (BrokerId broker in isr)
        {
            if (!Elections.IsActive(step, broker))
            {
                return false;
            }
        }

        foreach (AlterPartitionRequest.BrokerState broker in asked.NewIsrWithEpochs)
        {
            // -1: the leader does not know the epoch and asks not to check it.
            if (broker.BrokerEpoch != -1
                && step.Image.Brokers[new BrokerId(broker.BrokerId)].Epoch != broker.BrokerEpoch)
            {
                return false;
            }
        }

        return true;
    }
}
