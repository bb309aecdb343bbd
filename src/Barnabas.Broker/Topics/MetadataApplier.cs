using Barnabas.Configuration;
using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// Makes this broker what a new metadata image says it is: opens and deletes logs, takes and gives up leaderships,
/// applies configurations, and publishes the image when all that is done. Only from the blocking mailbox of the
/// metadata log.
/// </summary>
internal sealed class MetadataApplier : IMetadataSubscriber
{
    /// <summary>Between two tries to open what did not open for a reason that may pass.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly BrokerParts _parts;
    private readonly LogDirectories _directories;
    private readonly DirectoryAssignments _assignments;
    private readonly IBrokerEvents _events;
    private readonly IMailbox _mailbox;
    private readonly ClusterView _cluster;
    private readonly LocalTopics _topics;
    private readonly Dictionary<Partition, OffsetsPartitionWatch> _watches = [];
    private readonly RetryTimer _retry;
    private List<Partition> _unopened = [];
    private TopicInForce? _lastTopic;
    private LogConfig _lastConfig = LogConfig.Default;
    private PartitionLeadership _lastLeadership = PartitionLeadership.Unknown;
    private bool _hasImage;
    private volatile bool _isStopped;

    /// <param name="mailbox">The mailbox that all calls come on.</param>
    public MetadataApplier(
        BrokerParts parts,
        LogDirectories directories,
        DirectoryAssignments assignments,
        IBrokerEvents events,
        IMailbox mailbox)
    {
        _parts = parts;
        _directories = directories;
        _assignments = assignments;
        _events = events;
        _mailbox = mailbox;
        _cluster = parts.Cluster;
        _topics = parts.Topics;
        _retry = new RetryTimer(this);
    }

    public void Apply(MetadataImage image, MetadataDelta delta)
    {
        if (!_hasImage)
        {
            // The first image may come from a snapshot, which no delta leads to: everything in it is new.
            _hasImage = true;
            _parts.Configs.Apply(image);
            ApplyAll(image);
        }
        else
        {
            ApplyConfigs(image, delta);
            ApplyDeletions(delta);
            foreach (TopicDelta topic in delta.ChangedTopics.Values)
            {
                foreach ((int number, PartitionImage partition) in topic.ChangedPartitions)
                {
                    ApplyPartition(image, topic.Name, topic.Id, number, partition);
                }
            }
        }

        // Last: whoever learns of a topic from the image finds its partitions here.
        _cluster.Publish(image);
        _lastTopic = null;
    }

    /// <summary>
    /// The node closes before it was ready: partitions that are not open yet stay closed, and unrecovered if they need
    /// it. From any thread.
    /// </summary>
    public void StopOpening() => _isStopped = true;

    /// <summary>
    /// Sets aside the files of partitions that the metadata does not give to this broker: their topic was deleted while
    /// the node was down, or it crashed before they were renamed. Also those of a partition that is open in another
    /// directory: their directory had failed when a former topic of its name was deleted, and a later start must not
    /// take them for it. Only once all committed metadata is applied.
    /// </summary>
    public void SetStraysAside()
    {
        MetadataImage image = _cluster.Image;
        foreach (LogDirectory directory in _directories.All)
        {
            foreach (TopicPartition id in directory.PartitionsAtStart)
            {
                bool isElsewhere = _directories.Find(id) is not null && directory.Find(id) is null;
                if (id.Topic != InternalTopics.ClusterMetadata
                    && (isElsewhere || !IsAssigned(image, id))
                    && directory.Contains(id)
                    && directory.SetAside(id) is { } aside)
                {
                    string why = isElsewhere ? "Its log lies in another directory" : "It is not in the metadata";
                    _events.PartitionOffline(id, $"{why}; files of its name were set aside as {aside}.");
                }
            }
        }
    }

    /// <summary>Tells a coordinator just made what this broker leads already.</summary>
    public void TellCoordinator()
    {
        if (_topics.TryFind(InternalTopics.ConsumerOffsets, out LocalTopic? topic))
        {
            for (int number = 0; number < topic.PartitionCount; number++)
            {
                if (topic.Find(number) is { } partition)
                {
                    TellCoordinator(partition, led: false, LeaderEpoch.None);
                }
            }
        }
    }

    /// <summary>
    /// A log directory has failed: who waits for its partitions is told at once, and coordinators there end.
    /// </summary>
    public void OnDirectoryOffline()
    {
        foreach (LocalTopic topic in _topics.All())
        {
            for (int number = 0; number < topic.PartitionCount; number++)
            {
                if (topic.Find(number) is { HasFailed: true } partition)
                {
                    Unwatch(partition);
                    partition.NotifyWaiters();
                }
            }
        }
    }

    private bool IsAssigned(MetadataImage image, TopicPartition id) =>
        image.Topics.TryGet(id.Topic, out TopicImage? topic)
        && topic.TryGetPartition(id.Partition, out PartitionImage? partition)
        && partition.Replicas.Contains(_cluster.Self);

    private void ApplyAll(MetadataImage image)
    {
        foreach (TopicImage topic in image.Topics.SortedByName())
        {
            for (int number = 0; number < topic.PartitionLimit; number++)
            {
                if (topic.TryGetPartition(number, out PartitionImage? partition))
                {
                    ApplyPartition(image, topic.Name, topic.Id, number, partition);
                }
            }
        }
    }

    private void ApplyDeletions(MetadataDelta delta)
    {
        if (delta.DeletedTopics.Count == 0)
        {
            return;
        }

        List<DeletedTopic> deleted = [];
        List<Partition> gone = [];
        foreach ((Uuid id, TopicImage topic) in delta.DeletedTopics)
        {
            deleted.Add(new DeletedTopic(topic.Name, id));
            gone.AddRange(_topics.Remove(id));
        }

        Remove(gone);

        _parts.Groups?.OnTopicsDeleted(deleted);
    }

    private void ApplyPartition(
        MetadataImage image, string topic, Uuid topicId, int number, PartitionImage wanted, bool isRetry = false)
    {
        TopicPartition id = new(topic, number);
        if (_isStopped)
        {
            return;
        }

        Partition? partition = _topics.TryFind(topicId, out LocalTopic? known) ? known.Find(number) : null;
        if (!wanted.Replicas.Contains(_cluster.Self))
        {
            if (partition is not null)
            {
                _topics.Remove(partition);
                Remove([partition]);
            }

            return;
        }

        if (partition is null)
        {
            partition = Open(image, id, topicId, wanted, isRetry);
            _topics.Put(partition);
        }

        bool led = partition.Leadership.IsLocal;
        LeaderEpoch before = partition.Leadership.Epoch;
        partition.Apply(LeadershipOf(wanted));
        if (topic == InternalTopics.ConsumerOffsets)
        {
            TellCoordinator(partition, led, before);
        }
    }

    /// <summary>Neighbours share their state in the image, and then their leadership here.</summary>
    private PartitionLeadership LeadershipOf(PartitionImage state)
    {
        PartitionLeadership leadership = new(
            state.Leader,
            IsLocal: state.Leader == _cluster.Self,
            state.LeaderEpoch,
            state.PartitionEpoch,
            state.Replicas,
            state.Isr);
        _lastLeadership = leadership == _lastLeadership ? _lastLeadership : leadership;
        return _lastLeadership;
    }

    private Partition Open(
        MetadataImage image, TopicPartition id, Uuid topicId, PartitionImage wanted, bool isRetry)
    {
        (_, _, int minInSync, LogConfig config) = InForce(image, id.Topic);
        Partition opened;
        Uuid assigned = wanted.DirectoryOf(_cluster.Self);
        if (OpenLog(id, topicId, assigned, config) is not var (directory, result))
        {
            opened = Partition.Offline(
                id, topicId, _cluster.Self, $"It may lie in the log directory {assigned}, which is offline.");
            _events.PartitionOffline(id, opened.OfflineReason!);
        }
        else
        {
            if (result.Log is { } log)
            {
                opened = Partition.Online(id, topicId, _cluster.Self, log);
                if (directory.Id != assigned && image.Version is { HasDirectoryAssignment: true })
                {
                    _assignments.Add(new TopicIdPartition(topicId, id.Partition), directory.Id);
                }

                TellOfTransaction(log);
            }
            else
            {
                opened = Partition.Offline(id, topicId, _cluster.Self, result.Message ?? result.Error.ToString());
                if (!isRetry || !result.MayPass)
                {
                    // The operator hears of a full disk once, not at each try.
                    _events.PartitionOffline(id, opened.OfflineReason!);
                }

                if (result.MayPass)
                {
                    _unopened.Add(opened);
                    _mailbox.Arm(_retry, RetryInterval);
                }
            }
        }

        opened.MinInSyncReplicas = minInSync;
        return opened;
    }

    /// <summary>Opens the log where it is, or where it should be; null if that is nowhere.</summary>
    private (LogDirectory Directory, LogOpenResult Result)? OpenLog(
        TopicPartition id, Uuid topicId, Uuid assigned, LogConfig config)
    {
        Uuid? known = assigned == DirectoryId.Unassigned ? null : assigned;
        while (_directories.DirectoryFor(id, known) is { } directory)
        {
            LogOpenResult result = directory.Open(id, topicId, config, _parts.Time.UnixMilliseconds);
            if (result.Error != ErrorCode.InconsistentTopicId || directory.SetAside(id) is not { } aside)
            {
                return (directory, result);
            }

            // A topic of this name was deleted and made anew, and a crash came before its files were renamed, or their
            // directory had failed. Those of the new one, if there are any, may lie in another directory.
            _events.PartitionOffline(id, $"Files of a former topic of this name were set aside as {aside}.");
        }

        return null;
    }

    /// <summary>The partitions of a topic come one after the other, and share one configuration.</summary>
    private TopicInForce InForce(MetadataImage image, string topic)
    {
        if (_lastTopic is not { } last || !ReferenceEquals(last.Image, image) || last.Topic != topic)
        {
            TopicSettings settings = _parts.Configs.TopicSettings(image, topic);
            LogConfig config = LogConfigs.From(settings);
            // Most topics have the same: one object for all of them.
            _lastConfig = config == _lastConfig ? _lastConfig : config;
            last = new TopicInForce(image, topic, settings.InSyncReplicasMin, _lastConfig);
            _lastTopic = last;
        }

        return last;
    }

    private void TellOfTransaction(PartitionLog log)
    {
        OpenTransaction? oldest;
        lock (log.Gate)
        {
            oldest = log.OldestTransaction;
        }

        if (oldest is { } transaction)
        {
            _events.TransactionOpen(log.Partition, transaction);
        }
    }

    /// <summary>
    /// Tries once more what did not open because the disk was full or too many files were open: service resumes by
    /// itself.
    /// </summary>
    private void OpenAgain()
    {
        List<Partition> unopened = _unopened;
        _unopened = [];
        MetadataImage image = _cluster.Image;
        foreach (Partition partition in unopened)
        {
            // Deleted or given to another broker meanwhile, or opened anew under another object.
            TopicIdPartition id = new(partition.TopicId, partition.Id.Partition);
            if (partition.IsRetired
                || image.FindPartition(id) is not { } wanted
                || !_topics.TryFind(partition.TopicId, out LocalTopic? topic)
                || !ReferenceEquals(topic.Find(partition.Id.Partition), partition))
            {
                continue;
            }

            _topics.Remove(partition);
            ApplyPartition(
                image, partition.Id.Topic, partition.TopicId, partition.Id.Partition, wanted, isRetry: true);
            // Who waited on the old object looks again, and finds the new one.
            partition.Retire();
        }
    }

    private void Remove(List<Partition> partitions)
    {
        foreach (Partition partition in partitions)
        {
            Unwatch(partition);
            partition.Retire();
            _parts.Flushes.Forget(partition);
        }

        List<TopicPartition> ids = partitions.ConvertAll(static partition => partition.Id);
        foreach (LogDirectory directory in _directories.All)
        {
            directory.Delete(ids, _parts.Time.UnixMilliseconds);
        }
    }

    /// <summary>Ends the coordinator of an offsets partition that cannot be served any more.</summary>
    private void Unwatch(Partition partition)
    {
        if (_watches.Remove(partition, out OffsetsPartitionWatch? watch))
        {
            partition.Remove(watch);
            _parts.Groups!.OnLeadershipLost(partition.Id.Partition, partition.Leadership.Epoch);
        }
    }

    private void TellCoordinator(Partition partition, bool led, LeaderEpoch before)
    {
        if (_parts.Groups is not { } groups || partition.Id.Partition >= groups.PartitionCount)
        {
            return;
        }

        PartitionLeadership now = partition.Leadership;
        if (now.IsLocal && partition.IsOnline && !partition.HasFailed && (!led || now.Epoch != before))
        {
            if (!_watches.ContainsKey(partition))
            {
                OffsetsPartitionWatch watch = new(partition, groups);
                _watches.Add(partition, watch);
                partition.Add(watch);
            }

            groups.OnLeadershipGained(partition.Id.Partition, now.Epoch);
        }
        else if (!now.IsLocal && led)
        {
            if (_watches.Remove(partition, out OffsetsPartitionWatch? watch))
            {
                partition.Remove(watch);
            }

            groups.OnLeadershipLost(partition.Id.Partition, now.Epoch);
        }
    }

    private void ApplyConfigs(MetadataImage image, MetadataDelta delta)
    {
        bool brokerChanged = false;
        List<LocalTopic> changed = [];
        foreach (ConfigResource resource in delta.ChangedConfigs)
        {
            brokerChanged |= resource.Type == ConfigResourceType.Broker;
            if (resource.Type == ConfigResourceType.Topic && _topics.TryFind(resource.Name, out LocalTopic? topic))
            {
                changed.Add(topic);
            }
        }

        if (brokerChanged)
        {
            // The defaults of all topics.
            _parts.Configs.Apply(image);
        }

        foreach (LocalTopic topic in brokerChanged ? _topics.All() : changed)
        {
            Configure(image, topic);
        }
    }

    private void Configure(MetadataImage image, LocalTopic topic)
    {
        (_, _, int minInSync, LogConfig config) = InForce(image, topic.Name);
        for (int number = 0; number < topic.PartitionCount; number++)
        {
            if (topic.Find(number) is { } partition)
            {
                partition.MinInSyncReplicas = minInSync;
                if (partition.IsOnline)
                {
                    partition.Log.Configure(config);
                }
            }
        }
    }

    /// <summary>What a topic works by under an image.</summary>
    private sealed record TopicInForce(MetadataImage Image, string Topic, int MinInSyncReplicas, LogConfig Config);

    private sealed class RetryTimer(MetadataApplier owner) : TimerItem
    {
        public override void Fire() => owner.OpenAgain();
    }
}
