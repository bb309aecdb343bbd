using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>
/// The difference between two images: records are replayed into it, <see cref="Apply"/> gives the next image, and
/// subscribers read from it what to do. One writer.
/// </summary>
/// <remarks>
/// Replay is total: a record of an unknown type, or a change to something that does not exist, is a
/// <see cref="MetadataFaultException"/>. Skipping it would let this node's state drift from the controller's.
/// </remarks>
public sealed class MetadataDelta
{
    /// <summary>No topic has more partitions.</summary>
    public const int PartitionsPerTopicMax = 1_000_000;

    private readonly SortedDictionary<Uuid, TopicDelta> _changedTopics = [];
    private readonly SortedDictionary<Uuid, TopicImage> _deletedTopics = [];
    private readonly SortedDictionary<string, Uuid> _createdTopics = new(StringComparer.Ordinal);
    private readonly SortedSet<BrokerId> _changedBrokers = [];
    private readonly SortedSet<ConfigResource> _changedConfigs = [];

    private readonly ImmutableSortedDictionary<string, short>.Builder _features;
    private readonly ImmutableSortedDictionary<BrokerId, BrokerRegistration>.Builder _brokers;
    private readonly ImmutableSortedDictionary<BrokerId, long>.Builder _registrationOffsets;
    private readonly ImmutableSortedDictionary<BrokerId, ControllerRegistration>.Builder _controllers;
    private readonly ImmutableSortedDictionary<
        ConfigResource, ImmutableSortedDictionary<string, string>>.Builder _configs;
    private readonly SecurityDelta _security;
    private MetadataVersion? _version;
    private long _nextProducerId;

    public MetadataDelta(MetadataImage before)
    {
        Before = before;
        _features = before.Features.ToBuilder();
        _brokers = before.Brokers.ToBuilder();
        _registrationOffsets = before.RegistrationOffsets.ToBuilder();
        _controllers = before.Controllers.ToBuilder();
        _configs = before.Configs.ToBuilder();
        _security = new SecurityDelta(before);
        _version = before.Version;
        _nextProducerId = before.NextProducerId;
    }

    public MetadataImage Before { get; }

    /// <summary>New topics and topics with new or changed partitions, by id.</summary>
    public IReadOnlyDictionary<Uuid, TopicDelta> ChangedTopics => _changedTopics;

    /// <summary>Topics of <see cref="Before"/> that are gone. One made and deleted within the delta leaves no
    /// trace.</summary>
    public IReadOnlyDictionary<Uuid, TopicImage> DeletedTopics => _deletedTopics;

    /// <summary>Brokers registered, changed or removed.</summary>
    public IReadOnlyCollection<BrokerId> ChangedBrokers => _changedBrokers;

    /// <summary>Resources whose configuration changed or went away with its topic.</summary>
    public IReadOnlyCollection<ConfigResource> ChangedConfigs => _changedConfigs;

    public bool FeaturesChanged { get; private set; }

    public bool ControllersChanged { get; private set; }

    public bool ClientQuotasChanged => _security.QuotasChanged;

    public bool CredentialsChanged => _security.CredentialsChanged;

    public bool AclsChanged => _security.AclsChanged;

    /// <summary>Records replayed so far.</summary>
    public int RecordCount { get; private set; }

    /// <summary>Replays a record that stands at an offset of the metadata log.</summary>
    public void Replay(IRecordMessage record, long offset)
    {
        RecordCount++;
        switch (record)
        {
            case TopicRecord topic: Replay(topic); break;
            case RemoveTopicRecord removed: Replay(removed); break;
            case PartitionRecord partition: ChangedTopic(partition.TopicId).Replay(partition); break;
            case PartitionChangeRecord change: ChangedTopic(change.TopicId).Replay(change); break;
            case ClearElrRecord clear: Replay(clear); break;
            case ConfigRecord config: Replay(config); break;
            case RegisterBrokerRecord broker: Replay(broker, offset); break;
            case UnregisterBrokerRecord broker: Replay(broker); break;
            case BrokerRegistrationChangeRecord change: Replay(change); break;
            case FenceBrokerRecord fence:
                ChangeBroker(fence.Id, fence.Epoch, static broker => broker with { Fenced = true });
                break;
            case UnfenceBrokerRecord unfence:
                ChangeBroker(unfence.Id, unfence.Epoch, static broker => broker with { Fenced = false });
                break;
            case RegisterControllerRecord controller: Replay(controller); break;
            case UnregisterControllerRecord controller: Replay(controller); break;
            case FeatureLevelRecord feature: Replay(feature); break;
            case ProducerIdsRecord producerIds: Replay(producerIds); break;
            // The ZooKeeper migration is over in every version that still writes here; the marker carries no state.
            case ZkMigrationStateRecord or NoOpRecord: break;
            default:
                Fault.If(!_security.TryReplay(record), $"Cannot replay {record.GetType().Name} at offset {offset}.");
                break;
        }
    }

    /// <summary>The next image. The delta is not to be used for replay afterwards.</summary>
    public MetadataImage Apply(long offset, int epoch, long timestampMs)
    {
        var changed = new List<TopicImage>(_changedTopics.Count);
        foreach (TopicDelta topic in _changedTopics.Values)
        {
            changed.Add(topic.Apply());
        }

        return new MetadataImage
        {
            Offset = offset,
            Epoch = epoch,
            TimestampMs = timestampMs,
            Version = _version,
            Features = _features.ToImmutable(),
            Topics = changed.Count == 0 && _deletedTopics.Count == 0
                ? Before.Topics
                : Before.Topics.With(_deletedTopics.Keys, changed),
            Brokers = _brokers.ToImmutable(),
            RegistrationOffsets = _registrationOffsets.ToImmutable(),
            Controllers = _controllers.ToImmutable(),
            Configs = _configs.ToImmutable(),
            ClientQuotas = _security.Quotas.ToImmutable(),
            Acls = _security.Acls.ToImmutable(),
            ScramCredentials = _security.Credentials.ToImmutable(),
            DelegationTokens = _security.Tokens.ToImmutable(),
            NextProducerId = _nextProducerId,
        };
    }

    internal bool TryGetTopic(Uuid id, [NotNullWhen(true)] out string? name)
    {
        if (_changedTopics.TryGetValue(id, out TopicDelta? delta))
        {
            name = delta.Name;
            return true;
        }

        name = !_deletedTopics.ContainsKey(id) && Before.Topics.TryGet(id, out TopicImage? topic) ? topic.Name : null;
        return name is not null;
    }

    private bool TryGetTopicId(string name, out Uuid id)
    {
        if (_createdTopics.TryGetValue(name, out id))
        {
            return true;
        }

        if (Before.Topics.TryGet(name, out TopicImage? topic) && !_deletedTopics.ContainsKey(topic.Id))
        {
            id = topic.Id;
            return true;
        }

        return false;
    }

    private TopicDelta ChangedTopic(Uuid id)
    {
        if (_changedTopics.TryGetValue(id, out TopicDelta? delta))
        {
            return delta;
        }

        TopicImage? topic = null;
        Fault.If(
            _deletedTopics.ContainsKey(id) || !Before.Topics.TryGet(id, out topic),
            $"A record concerns the topic with id {id}, but there is none.");
        delta = new TopicDelta(topic!, isNew: false);
        _changedTopics.Add(id, delta);
        return delta;
    }

    private void Replay(TopicRecord record)
    {
        Fault.If(TryGetTopicId(record.Name, out _), $"The topic {record.Name} is created but exists already.");
        Fault.If(TryGetTopic(record.TopicId, out _), $"The topic id {record.TopicId} is given twice.");
        _changedTopics.Add(
            record.TopicId,
            new TopicDelta(new TopicImage(record.Name, record.TopicId, []), isNew: true));
        _createdTopics.Add(record.Name, record.TopicId);
    }

    private void Replay(RemoveTopicRecord record)
    {
        Fault.If(
            !TryGetTopic(record.TopicId, out string? name),
            $"The topic with id {record.TopicId} is removed but does not exist.");
        _changedTopics.Remove(record.TopicId);
        if (_createdTopics.TryGetValue(name, out Uuid created) && created == record.TopicId)
        {
            _createdTopics.Remove(name);
        }

        if (Before.Topics.TryGet(record.TopicId, out TopicImage? topic))
        {
            _deletedTopics.Add(record.TopicId, topic);
        }

        // The configuration goes with the topic; no records say so one by one.
        var resource = ConfigResource.Topic(name);
        if (_configs.Remove(resource))
        {
            _changedConfigs.Add(resource);
        }
    }

    private void Replay(ClearElrRecord record)
    {
        if (record.TopicName.Length > 0)
        {
            Fault.If(
                !TryGetTopicId(record.TopicName, out Uuid id),
                $"No topic {record.TopicName} to clear the ELR of.");
            ChangedTopic(id).ClearElr();
            return;
        }

        foreach (TopicImage topic in Before.Topics.All)
        {
            if (!_deletedTopics.ContainsKey(topic.Id))
            {
                ChangedTopic(topic.Id).ClearElr();
            }
        }

        foreach (Uuid id in _createdTopics.Values)
        {
            ChangedTopic(id).ClearElr();
        }
    }

    private void Replay(ConfigRecord record)
    {
        var resource = new ConfigResource((ConfigResourceType)record.ResourceType, record.ResourceName);
        ImmutableSortedDictionary<string, string> configs =
            _configs.GetValueOrDefault(resource) ?? Before.ConfigsOf(default);
        configs = record.Value is null ? configs.Remove(record.Name) : configs.SetItem(record.Name, record.Value);
        _changedConfigs.Add(resource);
        if (configs.IsEmpty)
        {
            _configs.Remove(resource);
        }
        else
        {
            _configs[resource] = configs;
        }
    }

    private void Replay(RegisterBrokerRecord record, long offset)
    {
        var broker = BrokerRegistration.FromRecord(record);
        _brokers[broker.Id] = broker;
        _registrationOffsets[broker.Id] = offset;
        _changedBrokers.Add(broker.Id);
    }

    private void Replay(UnregisterBrokerRecord record)
    {
        BrokerRegistration broker = RegisteredBroker(record.BrokerId, record.BrokerEpoch);
        _brokers.Remove(broker.Id);
        _registrationOffsets.Remove(broker.Id);
        _changedBrokers.Add(broker.Id);
    }

    private void Replay(BrokerRegistrationChangeRecord record)
    {
        BrokerRegistration broker = RegisteredBroker(record.BrokerId, record.BrokerEpoch);
        _brokers[broker.Id] = broker.With(record);
        _changedBrokers.Add(broker.Id);
    }

    private void ChangeBroker(int id, long epoch, Func<BrokerRegistration, BrokerRegistration> change)
    {
        BrokerRegistration broker = RegisteredBroker(id, epoch);
        _brokers[broker.Id] = change(broker);
        _changedBrokers.Add(broker.Id);
    }

    private BrokerRegistration RegisteredBroker(int id, long epoch)
    {
        Fault.If(
            !_brokers.TryGetValue(new BrokerId(id), out BrokerRegistration? broker),
            $"A record concerns broker {id}, which is not registered.");
        Fault.If(
            broker.Epoch != epoch,
            $"A record concerns epoch {epoch} of broker {id}, but its epoch is {broker.Epoch}.");
        return broker;
    }

    private void Replay(RegisterControllerRecord record)
    {
        var controller = ControllerRegistration.FromRecord(record);
        _controllers[controller.Id] = controller;
        ControllersChanged = true;
    }

    private void Replay(UnregisterControllerRecord record)
    {
        Fault.If(
            !_controllers.Remove(new BrokerId(record.ControllerId)),
            $"Controller {record.ControllerId} is unregistered but was not registered.");
        ControllersChanged = true;
    }

    private void Replay(FeatureLevelRecord record)
    {
        FeaturesChanged = true;
        switch (record.Name)
        {
            case MetadataVersion.FeatureName:
                Fault.If(
                    !MetadataVersion.TryFromLevel(record.FeatureLevel, out MetadataVersion version),
                    $"This software does not know metadata.version {record.FeatureLevel}.");
                _version = version;
                break;
            case Feature.KRaftVersionName:
                // KAFKA-18979: it belongs into control records; older controllers wrote it here by mistake.
                break;
            default:
                if (record.FeatureLevel == 0)
                {
                    _features.Remove(record.Name);
                }
                else
                {
                    _features[record.Name] = record.FeatureLevel;
                }

                break;
        }
    }

    private void Replay(ProducerIdsRecord record)
    {
        // A block given twice would let two producers share an id.
        Fault.If(
            record.NextProducerId <= _nextProducerId,
            $"The next producer id {record.NextProducerId} is not above {_nextProducerId}.");
        _nextProducerId = record.NextProducerId;
    }
}
