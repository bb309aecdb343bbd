using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata.Tests;

/// <summary>Random commands from random brokers; after each one the rules of reliability hold.</summary>
public sealed class ControllerPropertyTests
{
    private readonly Dictionary<int, long> _epochs = [];
    private readonly Dictionary<(Uuid, int, int), BrokerId> _leaders = [];
    private long _highestBrokerEpoch = -1;

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(5, false)]
    public void Random_commands_keep_the_rules_and_the_log_says_it_all_again(ulong seed, bool withElr)
    {
        var context = new ControllerContext(seed, bootstrap: ControllerContext.AllFeatures(withElr));
        for (int step = 0; step < 300; step++)
        {
            MetadataImage before = context.Image;
            Act(context);
            CheckPartitions(before, context.Image);
            CheckBrokers(before, context.Image);
        }

        string state = TextOf(context.Image);
        // I-45: a follower that replayed the log is where the controller is.
        Assert.Equal(state, TextOf(context.Follower.Image));
        // I-44: the snapshot's records give the same state.
        var delta = new MetadataDelta(MetadataImage.Empty);
        foreach (MessageAndVersion record in ImageRecords.Of(context.Image))
        {
            byte[] bytes = MetadataRecordCodec.ToBytes(record);
            Assert.Equal(RecordDecoding.Ok, MetadataRecordCodec.TryRead(bytes, out MessageAndVersion read));
            delta.Replay(read.Message, context.Image.Offset);
        }

        Assert.Equal(state, TextOf(delta.Apply(context.Image.Offset, context.Image.Epoch, 0)));
    }

    private static string TextOf(MetadataImage image) => string.Join(
        '\n', ImageRecords.Of(image).Select(static record => Convert.ToHexString(MetadataRecordCodec.ToBytes(record))));

    private void Act(ControllerContext context)
    {
        int broker = context.Entropy.Next(4);
        long epoch = _epochs.GetValueOrDefault(broker, -1);
        switch (context.Entropy.Next(12))
        {
            case 0 or 1:
                short error = context.Register(broker, previousEpoch: context.Entropy.Next(2) == 0 ? epoch : -1)
                    .Response.ErrorCode;
                if (error == 0)
                {
                    _epochs[broker] = context.Image.Brokers[new BrokerId(broker)].Epoch;
                }

                break;
            case 2 or 3 or 4 or 5:
                context.Heartbeat(broker, epoch, context.Entropy.Next(8) == 0, context.Entropy.Next(8) == 0);
                break;
            case 6:
                context.CreateTopic(
                    $"t{context.Entropy.Next(6)}", 1 + context.Entropy.Next(3), (short)(1 + context.Entropy.Next(3)));
                break;
            case 7:
                context.Pass(TimeSpan.FromSeconds(context.Entropy.Next(12)));
                while (context.Tick() > 1)
                {
                }

                break;
            case 8:
                var delete = new DeleteTopicsRequest();
                delete.Topics.Add(new() { Name = $"t{context.Entropy.Next(12)}" });
                context.Run(new DeleteTopicsCommand(delete));
                break;
            case 9:
                context.Run(new AllocateProducerIdsCommand(
                    new AllocateProducerIdsRequest { BrokerId = broker, BrokerEpoch = epoch }));
                break;
            default:
                AlterIsr(context, broker, epoch);
                break;
        }
    }

    // I-17: accepted with exactly the right epochs, and never otherwise.
    private static void AlterIsr(ControllerContext context, int broker, long epoch)
    {
        foreach (TopicImage topic in context.Image.Topics.All)
        {
            if (!topic.TryGetPartition(0, out PartitionImage? before))
            {
                continue;
            }

            int staleness = context.Entropy.Next(3) - 1;
            var asked = new AlterPartitionRequest.PartitionData
            {
                PartitionIndex = 0,
                LeaderEpoch = before.LeaderEpoch.Value,
                PartitionEpoch = before.PartitionEpoch + staleness,
            };
            foreach (BrokerId replica in before.Replicas.Where(_ => context.Entropy.Next(2) == 0))
            {
                asked.NewIsrWithEpochs.Add(new() { BrokerId = replica.Value });
            }

            var request = new AlterPartitionRequest { BrokerId = broker, BrokerEpoch = epoch };
            request.Topics.Add(new() { TopicId = topic.Id, Partitions = [asked] });
            AlterPartitionResponse response = context.Run(new AlterPartitionCommand(request)).Response;
            bool wasAccepted = response.ErrorCode == 0 && response.Topics[0].Partitions[0].ErrorCode == 0;
            Assert.False(wasAccepted && (staleness != 0 || before.Leader.Value != broker));
            return;
        }
    }

    private void CheckPartitions(MetadataImage before, MetadataImage after)
    {
        foreach (TopicImage topic in after.Topics.All)
        {
            for (int index = 0; index < topic.PartitionLimit; index++)
            {
                Assert.True(topic.TryGetPartition(index, out PartitionImage? now));
                // I-11
                Assert.All(now.Isr, broker => Assert.Contains(broker, now.Replicas));
                Assert.All(now.Elr, broker => Assert.Contains(broker, now.Replicas));
                Assert.Empty(now.Isr.Intersect(now.Elr));
                Assert.True(now.Isr.IsEmpty || now.Elr.IsEmpty);
                Assert.True(!now.HasLeader || now.Isr.Contains(now.Leader));
                Assert.True(!now.HasLeader || after.Brokers[now.Leader].IsActive);
                // I-18
                var key = (topic.Id, index, now.LeaderEpoch.Value);
                Assert.Equal(now.Leader, _leaders.TryAdd(key, now.Leader) ? now.Leader : _leaders[key]);
                // I-17
                if (before.FindPartition(new TopicIdPartition(topic.Id, index)) is { } old)
                {
                    Assert.True(now.PartitionEpoch >= old.PartitionEpoch && now.LeaderEpoch >= old.LeaderEpoch);
                    Assert.True(now.Leader == old.Leader || now.LeaderEpoch > old.LeaderEpoch);
                    Assert.True(now.Equals(old) == (now.PartitionEpoch == old.PartitionEpoch));
                }
            }
        }
    }

    // I-20
    private void CheckBrokers(MetadataImage before, MetadataImage after)
    {
        foreach (BrokerRegistration broker in after.Brokers.Values)
        {
            if (!before.Brokers.TryGetValue(broker.Id, out BrokerRegistration? old)
                || old.IncarnationId != broker.IncarnationId)
            {
                Assert.True(broker.Epoch > _highestBrokerEpoch);
                _highestBrokerEpoch = broker.Epoch;
            }
        }
    }
}
