using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata.Tests;

/// <summary>Decisions that found no room in the log never happened.</summary>
public sealed class RevertTests
{
    [Fact]
    public void A_broker_keeps_its_session_when_its_removal_could_not_be_appended()
    {
        ControllerContext controller = new();
        long epoch = controller.AddBroker(1);
        long end = controller.Core.NextOffset;

        var command = new UnregisterBrokerCommand(new UnregisterBrokerRequest { BrokerId = 1 });
        Assert.NotEmpty(controller.Core.Step(command, controller.Now).Records);
        controller.Core.Revert();

        Assert.Equal(end, controller.Core.NextOffset);
        Assert.True(controller.Image.Brokers.ContainsKey(new BrokerId(1)));
        Assert.Equal(0, controller.Tick());
        Assert.False(controller.Heartbeat(1, epoch).Response.IsFenced);
    }

    [Fact]
    public void A_broker_that_leaves_waits_for_the_records_of_the_try_that_was_appended()
    {
        ControllerContext controller = new();
        long leaving = controller.AddBroker(1);
        long staying = controller.AddBroker(2);
        controller.CreateTopic("a", partitions: 4, replicationFactor: 2);

        Assert.NotEmpty(controller.Core.Step(Leave(controller, leaving), controller.Now).Records);
        controller.Core.Revert();
        controller.CreateTopic("b", partitions: 50);
        controller.Heartbeat(2, staying);

        // The other broker has replayed everything but the leaving itself.
        Assert.False(controller.Run(Leave(controller, leaving)).Response.ShouldShutDown);
        Assert.False(controller.Run(Leave(controller, leaving)).Response.ShouldShutDown);
        controller.Heartbeat(2, staying);
        Assert.True(controller.Run(Leave(controller, leaving)).Response.ShouldShutDown);
    }

    [Fact]
    public void What_time_demanded_is_due_again()
    {
        ControllerContext controller = new();
        long epoch = controller.AddBroker(1);
        controller.Pass(controller.Options.IdleIntervalMax);
        controller.Heartbeat(1, epoch);

        Assert.Single(controller.Core.Tick(controller.Now).Records);
        controller.Core.Revert();

        Assert.True(controller.Core.NextDeadline() <= controller.Now);
        Assert.Equal(1, controller.Tick());
        Assert.True(controller.Core.NextDeadline() > controller.Now);
    }

    private static BrokerHeartbeatCommand Leave(ControllerContext controller, long epoch) =>
        new(new BrokerHeartbeatRequest
        {
            BrokerId = 1,
            BrokerEpoch = epoch,
            CurrentMetadataOffset = controller.Core.NextOffset - 1,
            WantShutDown = true,
        });
}
