using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

/// <summary>What keeps a reactor from its sockets is on record.</summary>
public sealed class ReactorTurnTests
{
    [Fact]
    public void A_turn_is_recorded_with_its_length()
    {
        ManualTime time = new();
        TransportOptions options = new() { Reactors = 1, Time = time, OnFault = static (_, _) => { } };
        using EpollNetwork network = new(options);
        network.Reactors[0].Post(new SlowItem(time, TimeSpan.FromSeconds(5)));
        Assert.True(SpinWait.SpinUntil(() => options.Turns.Snapshot().Sum > 0, TimeSpan.FromSeconds(30)));
        Assert.Equal(5_000_000, options.Turns.Snapshot().Sum);
    }

    private sealed class SlowItem(ManualTime time, TimeSpan length) : WorkItem
    {
        public override void Run() => time.Advance(length);
    }
}
