using System.Collections.Immutable;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>The records that a change of one broker's standing causes, its partitions' changes included.</summary>
internal static class BrokerChanges
{
    /// <summary>First the partitions lose the broker, then it is fenced: a prefix of the records is a state that may
    /// be.</summary>
    public static void AddFencing(ControllerStep step, BrokerRegistration broker)
    {
        AddLeaving(step, broker.Id);
        step.Add(
            new BrokerRegistrationChangeRecord { BrokerId = broker.Id.Value, BrokerEpoch = broker.Epoch, Fenced = 1 },
            0);
    }

    /// <summary>First the broker is unfenced, then it gets the partitions that have no leader and may have this
    /// one.</summary>
    public static void AddUnfencing(ControllerStep step, BrokerRegistration broker)
    {
        step.Add(
            new BrokerRegistrationChangeRecord { BrokerId = broker.Id.Value, BrokerEpoch = broker.Epoch, Fenced = -1 },
            0);
        Elections.AddChanges(
            step,
            static image => !image.HasLeader,
            removed: BrokerId.None,
            added: broker.Id,
            uncleanlyShutDown: BrokerId.None);
    }

    public static void AddControlledShutdown(ControllerStep step, BrokerRegistration broker)
    {
        if (!broker.InControlledShutdown)
        {
            step.Add(
                new BrokerRegistrationChangeRecord
                {
                    BrokerId = broker.Id.Value,
                    BrokerEpoch = broker.Epoch,
                    InControlledShutdown = 1,
                },
                1);
        }

        AddLeaving(step, broker.Id);
    }

    public static void AddUnregistering(ControllerStep step, BrokerRegistration broker)
    {
        Elections.AddChanges(
            step,
            image => image.Isr.Contains(broker.Id) || image.Elr.Contains(broker.Id),
            removed: broker.Id,
            added: BrokerId.None,
            uncleanlyShutDown: BrokerId.None);
        step.Add(new UnregisterBrokerRecord { BrokerId = broker.Id.Value, BrokerEpoch = broker.Epoch }, 0);
    }

    /// <summary>
    /// The former life of a broker is over. If it ended without a clean shutdown it may have lost acknowledged records
    /// that it had not synced, so it is no longer eligible to lead (KIP-966).
    /// </summary>
    public static void AddShutdown(ControllerStep step, BrokerId broker, bool wasClean)
    {
        if (!step.Image.HasEligibleLeaderReplicas || wasClean)
        {
            AddLeaving(step, broker);
            return;
        }

        Elections.AddChanges(
            step,
            image => image.Isr.Contains(broker) || image.Elr.Contains(broker),
            removed: BrokerId.None,
            added: BrokerId.None,
            uncleanlyShutDown: broker);
    }

    /// <summary>Directories that were online and are not any more, and the partitions in them.</summary>
    public static void AddOfflineDirectories(
        ControllerStep step,
        BrokerRegistration broker,
        IReadOnlyCollection<Uuid> offline)
    {
        ImmutableArray<Uuid> gone = broker.LogDirectories.RemoveAll(directory => !offline.Contains(directory));
        if (gone.IsEmpty)
        {
            return;
        }

        Elections.AddChanges(
            step,
            image => image.Isr.Contains(broker.Id) && gone.Contains(image.DirectoryOf(broker.Id)),
            removed: broker.Id,
            added: BrokerId.None,
            uncleanlyShutDown: BrokerId.None);
        step.Add(
            new BrokerRegistrationChangeRecord
            {
                BrokerId = broker.Id.Value,
                BrokerEpoch = broker.Epoch,
                LogDirs = [.. broker.LogDirectories.RemoveAll(gone.Contains)],
            },
            2);
    }

    public static void AddCordonedDirectories(
        ControllerStep step,
        BrokerRegistration broker,
        IReadOnlyList<Uuid>? cordoned)
    {
        // Null until the broker knows a metadata.version that has them.
        if (cordoned is null || (broker.CordonedLogDirectories is { } known && known.SequenceEqual(cordoned)))
        {
            return;
        }

        step.Add(
            new BrokerRegistrationChangeRecord
            {
                BrokerId = broker.Id.Value,
                BrokerEpoch = broker.Epoch,
                CordonedLogDirs = [.. cordoned],
            },
            3);
    }

    private static void AddLeaving(ControllerStep step, BrokerId broker) =>
        Elections.AddChanges(
            step,
            image => image.Isr.Contains(broker),
            removed: broker,
            added: BrokerId.None,
            uncleanlyShutDown: BrokerId.None);
}
