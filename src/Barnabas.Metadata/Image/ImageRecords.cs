using System.Collections.Immutable;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>Writes an image as the records of a snapshot: replayed into an empty image they give the same
/// state.</summary>
public static class ImageRecords
{
    /// <summary>
    /// The records in the order of Kafka's snapshots: the features first, for metadata.version decides how the rest is
    /// read; a topic before its partitions; whatever refers to something after it.
    /// </summary>
    public static IEnumerable<MessageAndVersion> Of(MetadataImage image)
    {
        if (image.Version is not { } version)
        {
            // Before bootstrap there is nothing that could be written.
            yield break;
        }

        foreach (MessageAndVersion feature in Features(image, version))
        {
            yield return feature;
        }

        foreach (BrokerRegistration broker in image.Brokers.Values)
        {
            yield return broker.ToRecord(version);
        }

        if (version.HasControllerRegistration)
        {
            foreach (ControllerRegistration controller in image.Controllers.Values)
            {
                yield return controller.ToRecord();
            }
        }

        foreach (TopicImage topic in image.Topics.All)
        {
            yield return new MessageAndVersion(new TopicRecord { Name = topic.Name, TopicId = topic.Id }, 0);
            for (int partition = 0; partition < topic.PartitionLimit; partition++)
            {
                if (topic.TryGetPartition(partition, out PartitionImage? state))
                {
                    yield return state.ToRecord(topic.Id, partition, version);
                }
            }
        }

        foreach ((ConfigResource resource, ImmutableSortedDictionary<string, string> configs) in image.Configs)
        {
            foreach ((string name, string value) in configs)
            {
                yield return ConfigChange(resource, name, value);
            }
        }

        foreach (MessageAndVersion record in Security(image))
        {
            yield return record;
        }
    }

    internal static MessageAndVersion FeatureLevel(string name, short level) =>
        new(new FeatureLevelRecord { Name = name, FeatureLevel = level }, 0);

    internal static MessageAndVersion ConfigChange(ConfigResource resource, string name, string? value) => new(
        new ConfigRecord
        {
            ResourceType = (sbyte)resource.Type,
            ResourceName = resource.Name,
            Name = name,
            Value = value,
        },
        0);

    private static IEnumerable<MessageAndVersion> Features(MetadataImage image, MetadataVersion version)
    {
        yield return FeatureLevel(MetadataVersion.FeatureName, version.Level);
        foreach ((string name, short level) in image.Features)
        {
            yield return FeatureLevel(name, level);
        }
    }

    private static IEnumerable<MessageAndVersion> Security(MetadataImage image)
    {
        foreach ((ClientQuotaKey quota, double value) in image.ClientQuotas)
        {
            yield return quota.ToRecord(value);
        }

        if (image.NextProducerId >= 0)
        {
            yield return new MessageAndVersion(
                new ProducerIdsRecord { BrokerId = -1, BrokerEpoch = -1, NextProducerId = image.NextProducerId },
                0);
        }

        foreach (AccessControlEntryRecord acl in image.Acls.Values)
        {
            yield return new MessageAndVersion(acl, 0);
        }

        foreach (UserScramCredentialRecord credential in image.ScramCredentials.Values)
        {
            yield return new MessageAndVersion(credential, 0);
        }

        foreach (DelegationTokenRecord token in image.DelegationTokens.Values)
        {
            yield return new MessageAndVersion(token, 0);
        }
    }
}
