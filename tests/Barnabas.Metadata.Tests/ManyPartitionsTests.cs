using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata.Tests;

/// <summary>A broker has more partitions than one request may cause records.</summary>
public sealed class ManyPartitionsTests
{
    private const int Topics = 3;

    private readonly ControllerContext _context = new(options: new ControllerOptions
    {
        ClusterId = ControllerContext.ClusterId,
        NodeId = new BrokerId(1000),
        RecordsPerRequestMax = 20,
    });

    [Fact]
    public void It_leaves_and_comes_back()
    {
        long epoch = Fill();
        Assert.False(_context.Heartbeat(1, epoch, wantShutDown: true).Response.ShouldShutDown);
        Assert.True(_context.Heartbeat(1, epoch, wantShutDown: true).Response.ShouldShutDown);
        AssertLeads(BrokerId.None);
        EndSession();
        ComeBack(previousEpoch: epoch);
    }

    [Fact]
    public void It_is_fenced_when_it_is_silent_and_comes_back()
    {
        Fill();
        EndSession();
        while (_context.Tick() > 0)
        {
        }

        AssertLeads(BrokerId.None);
        ComeBack(previousEpoch: -1);
    }

    /// <summary>Thousands on one broker say the same, and need not say it each.</summary>
    [Fact]
    public void Partitions_that_are_alike_share_one_image_and_change_apart()
    {
        Fill();
        PartitionImage alike = _context.Partition("t0", 0);
        Assert.Same(alike, _context.Partition("t0", 14));

        var delta = new MetadataDelta(_context.Image);
        Assert.True(_context.Image.Topics.TryGet("t0", out TopicImage? topic));
        delta.Replay(new PartitionChangeRecord { TopicId = topic.Id, PartitionId = 7, Leader = -1 }, offset: 1_000);
        MetadataImage after = delta.Apply(1_000, epoch: 1, timestampMs: 0);
        Assert.True(after.Topics.TryGet("t0", out topic));
        for (int number = 0; number < topic.PartitionCount; number++)
        {
            Assert.True(topic.TryGetPartition(number, out PartitionImage? partition));
            Assert.Equal(number == 7 ? BrokerId.None : new BrokerId(1), partition.Leader);
        }
    }

    private long Fill()
    {
        long epoch = _context.AddBroker(1);
        for (int topic = 0; topic < Topics; topic++)
        {
            Assert.Equal(0, _context.CreateTopic($"t{topic}", partitions: 15).ErrorCode);
        }

        AssertLeads(new BrokerId(1));
        return epoch;
    }

    private void EndSession() => _context.Pass(TimeSpan.FromHours(1));

    private void ComeBack(long previousEpoch)
    {
        RegisterBrokerCommand registered = _context.Register(1, previousEpoch: previousEpoch);
        Assert.Equal(ErrorCode.None, (ErrorCode)registered.Response.ErrorCode);
        Assert.False(_context.Heartbeat(1, registered.Response.BrokerEpoch).Response.IsFenced);
        AssertLeads(new BrokerId(1));
    }

    private void AssertLeads(BrokerId leader)
    {
        for (int topic = 0; topic < Topics; topic++)
        {
            Assert.Equal(leader, _context.Partition($"t{topic}", 14).Leader);
        }
    }
}
