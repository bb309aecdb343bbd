using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>
/// A broker says that it lives, how far it has replayed the metadata, and whether it wants to be fenced or to leave.
/// </summary>
/// <remarks>
/// Standing of a broker and what a heartbeat makes of it:
/// <code>
/// from                  wants fence  wants shutdown   caught up  leads any   to
/// fenced                any          yes              any        any         shut down now
/// fenced                no           no               yes        any         unfenced
/// fenced                no           no               no         any         fenced
/// fenced                yes          no               any        any         fenced
/// unfenced              yes          yes              any        any         shut down now
/// unfenced              yes          no               any        any         fenced
/// unfenced              no           yes              any        yes         controlled shutdown
/// unfenced              no           yes              any        no          shut down now
/// unfenced              no           no               any        any         unfenced
/// controlled shutdown   any          any              any        yes         controlled shutdown
/// controlled shutdown   any          any              any        no          shut down now, once all active brokers
///                                                                            have replayed its leaving
/// </code>
/// One rule is stricter than Kafka's: a broker that was leaving when it was fenced is not unfenced under the same
/// registration, for it could then lead while its registration says that it leaves (I-11). Real brokers never ask for
/// it.
/// </remarks>
public sealed class BrokerHeartbeatCommand(BrokerHeartbeatRequest request) : ControllerCommand
{
    private BrokerSession? _entersControlledShutdown;

    public BrokerHeartbeatResponse Response { get; } = new();

    public override void Fail(ErrorCode error, string? message) => Response.ErrorCode = (short)error;

    internal override void Decide(ControllerStep step)
    {
        BrokerRegistration broker = step.RequireBroker(request.BrokerId, request.BrokerEpoch);
        BrokerSession session = step.Sessions.Open(broker.Id, broker.Epoch);
        session.LastContact = step.Now;
        step.IsAtomic = false;

        long registeredAt = step.Image.RegistrationOffsets.GetValueOrDefault(broker.Id, broker.Epoch);
        bool isCaughtUp = request.CurrentMetadataOffset >= registeredAt;
        BrokerStanding from = StandingOf(broker);
        BrokerStanding to = Next(step, broker, session, from, isCaughtUp);
        if (from != to)
        {
            Enter(step, broker, to);
        }

        session.MetadataOffset = request.CurrentMetadataOffset;
        if (to != BrokerStanding.ControlledShutdown || from != BrokerStanding.ControlledShutdown)
        {
            // Entering counts anew: the records of an earlier try to leave may never have been appended.
            session.ControlledShutdownOffset = -1;
        }

        if (step.Version.HasDirectoryAssignment)
        {
            BrokerChanges.AddOfflineDirectories(step, broker, request.OfflineLogDirs);
        }

        if (step.Version.HasCordonedLogDirs)
        {
            BrokerChanges.AddCordonedDirectories(step, broker, request.CordonedLogDirs);
        }

        Response.IsCaughtUp = isCaughtUp;
        Response.IsFenced = to is BrokerStanding.Fenced or BrokerStanding.ShutDownNow;
        Response.ShouldShutDown = to == BrokerStanding.ShutDownNow;
        _entersControlledShutdown = to == BrokerStanding.ControlledShutdown ? session : null;
    }

    internal override void Decided(ControllerStep step, long endOffset)
    {
        // Leaving is done when every active broker has replayed the records that took the leaderships away.
        if (_entersControlledShutdown is { ControlledShutdownOffset: < 0 } session)
        {
            session.ControlledShutdownOffset = endOffset;
        }
    }

    private static BrokerStanding StandingOf(BrokerRegistration broker) =>
        broker.Fenced ? BrokerStanding.Fenced
        : broker.InControlledShutdown ? BrokerStanding.ControlledShutdown
        : BrokerStanding.Unfenced;

    private static bool LeadsAny(ControllerStep step, BrokerId broker)
    {
        foreach (TopicImage topic in step.Image.Topics.All)
        {
            for (int partition = 0; partition < topic.PartitionLimit; partition++)
            {
                if (topic.TryGetPartition(partition, out PartitionImage? image) && image.Leader == broker)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static void Enter(ControllerStep step, BrokerRegistration broker, BrokerStanding to)
    {
        switch (to)
        {
            case BrokerStanding.Fenced or BrokerStanding.ShutDownNow when !broker.Fenced:
                BrokerChanges.AddFencing(step, broker);
                break;
            case BrokerStanding.Unfenced:
                BrokerChanges.AddUnfencing(step, broker);
                break;
            case BrokerStanding.ControlledShutdown:
                BrokerChanges.AddControlledShutdown(step, broker);
                break;
        }
    }

    private BrokerStanding Next(
        ControllerStep step,
        BrokerRegistration broker,
        BrokerSession session,
        BrokerStanding from,
        bool isCaughtUp)
    {
        switch (from)
        {
            case BrokerStanding.Fenced:
                return request.WantShutDown ? BrokerStanding.ShutDownNow
                    : !request.WantFence && isCaughtUp && !broker.InControlledShutdown ? BrokerStanding.Unfenced
                    : BrokerStanding.Fenced;
            case BrokerStanding.Unfenced:
                if (request.WantFence)
                {
                    return request.WantShutDown ? BrokerStanding.ShutDownNow : BrokerStanding.Fenced;
                }

                return !request.WantShutDown ? BrokerStanding.Unfenced
                    : LeadsAny(step, broker.Id) ? BrokerStanding.ControlledShutdown
                    : BrokerStanding.ShutDownNow;
            default:
                return LeadsAny(step, broker.Id)
                    || session.ControlledShutdownOffset > step.Sessions.LowestActiveOffset(step.Image)
                        ? BrokerStanding.ControlledShutdown
                        : BrokerStanding.ShutDownNow;
        }
    }
}
