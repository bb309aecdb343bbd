using Barnabas.Kernel;

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
