using System.Globalization;
using Barnabas.Kernel;

namespace Barnabas.Metadata;

/// <summary>Changes of leaders and in-sync replicas over many partitions.</summary>
internal static class Elections
{
    // One step must not fill the log with elections; what is left over is done by the next one.
    private const int ElectionsPerStepMax = 1_000;

    public static PartitionChange Change(
        ControllerStep step,
        TopicImage topic,
        int partition,
        PartitionImage image,
        Election election = Election.Online,
        Func<BrokerId, bool>? isAlive = null,
        BrokerId? uncleanlyShutDown = null,
        (BrokerId Replica, Uuid Directory)? directory = null)
    {
        isAlive ??= broker => IsActive(step, broker);
        return new PartitionChange(image, topic.Id, partition)
        {
            Version = step.Version,
            UsesElr = step.Image.HasEligibleLeaderReplicas,
            MinIsr = MinIsr(step, topic, image),
            MayLead = broker => isAlive(broker) && HasOnlineDirectory(step, broker, image),
            NewDirectory = broker => DefaultDirectory(step.Image, broker),
            Election = election,
            UncleanlyShutDown = uncleanlyShutDown ?? BrokerId.None,
            Directory = directory,
        };
    }

    public static bool IsActive(ControllerStep step, BrokerId broker) =>
        step.Image.TryGetBroker(broker, out BrokerRegistration? registration) && registration.IsActive;

    /// <summary>The directory of a new replica: the broker's only one, else the broker will choose.</summary>
    public static Uuid DefaultDirectory(MetadataImage image, BrokerId broker)
    {
        if (!image.TryGetBroker(broker, out BrokerRegistration? registration))
        {
            return DirectoryId.Unassigned;
        }

        return registration.LogDirectories.Length switch
        {
            0 => DirectoryId.Migrating,
            1 => registration.LogDirectories[0],
            _ => DirectoryId.Unassigned,
        };
    }

    public static bool AllowsUnclean(ControllerStep step, string topic) =>
        string.Equals(
            step.EffectiveTopicConfig(topic, "unclean.leader.election.enable"),
            "true",
            StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Changes all partitions that <paramref name="concerns"/> holds for: takes brokers out of ISRs and elects where
    /// the
    /// leader is gone or missing.
    /// </summary>
    /// <param name="removed">Leaves every ISR and must not lead; <see cref="BrokerId.None"/> if nobody does.</param>
    /// <param name="added">May lead although the state before the step does not say so yet.</param>
    /// <param name="uncleanlyShutDown">Leaves ISR and ELR and must not lead.</param>
    public static void AddChanges(
        ControllerStep step,
        Func<PartitionImage, bool> concerns,
        BrokerId removed,
        BrokerId added,
        BrokerId uncleanlyShutDown)
    {
        bool IsAlive(BrokerId broker) =>
            broker != removed && broker != uncleanlyShutDown && (broker == added || IsActive(step, broker));

        foreach (TopicImage topic in step.Image.Topics.All)
        {
            Election election = AllowsUnclean(step, topic.Name) ? Election.Unclean : Election.Online;
            for (int partition = 0; partition < topic.PartitionLimit; partition++)
            {
                if (!topic.TryGetPartition(partition, out PartitionImage? image) || !concerns(image))
                {
                    continue;
                }

                PartitionChange change = Change(
                    step, topic, partition, image, election, IsAlive, uncleanlyShutDown);
                change.Isr = image.Isr.RemoveAll(broker => broker == removed || broker == uncleanlyShutDown);
                if (change.ToRecord() is { } record)
                {
                    step.AddUnbounded(record);
                }
            }
        }
    }

    /// <summary>Elects the preferred replica wherever another leads.</summary>
    public static void AddPreferred(ControllerStep step) =>
        AddElections(step, Election.Preferred, static (_, image) => !image.HasPreferredLeader);

    /// <summary>Elects uncleanly for partitions without leader whose topics allow it.</summary>
    public static void AddUnclean(ControllerStep step) =>
        AddElections(
            step,
            Election.Unclean,
            (topic, image) => !image.HasLeader && AllowsUnclean(step, topic.Name));

    private static void AddElections(
        ControllerStep step,
        Election election,
        Func<TopicImage, PartitionImage, bool> concerns)
    {
        foreach (TopicImage topic in step.Image.Topics.All)
        {
            for (int partition = 0; partition < topic.PartitionLimit; partition++)
            {
                if (step.RecordCount >= ElectionsPerStepMax)
                {
                    return;
                }

                if (topic.TryGetPartition(partition, out PartitionImage? image)
                    && concerns(topic, image)
                    && Change(step, topic, partition, image, election).ToRecord() is { } record)
                {
                    step.Add(record);
                }
            }
        }
    }

    private static bool HasOnlineDirectory(ControllerStep step, BrokerId broker, PartitionImage image) =>
        step.Image.TryGetBroker(broker, out BrokerRegistration? registration)
        && registration.HasOnline(image.DirectoryOf(broker));

    private static int MinIsr(ControllerStep step, TopicImage topic, PartitionImage image)
    {
        string? configured = step.EffectiveTopicConfig(topic.Name, ConfigChanges.MinInSyncReplicas);
        int minIsr = int.TryParse(configured, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : 1;
        return Math.Min(minIsr, image.Replicas.Length);
    }
}
