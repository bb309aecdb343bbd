using System.Net;

using Barnabas.Configuration;
using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Records;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// A whole node (broker and controller in one) over its seams: real ones make it a server, simulated ones an actor in a
/// single thread. Opened and closed once; <see cref="Open"/> and <see cref="Close"/> from one thread.
/// </summary>
public sealed class BrokerNode
{
    /// <summary>
    /// Partitions whose producers wait for a flush are flushed so many at a time; the file system then needs one commit
    /// of its journal for all of them.
    /// </summary>
    private const int FlusherThreads = 4;

    /// <summary>
    /// How long the controller is waited for when the node leaves. It must stay below what an orderly end may take in
    /// all, for the logs are closed afterwards; a controller that cannot write the metadata lets nobody go.
    /// </summary>
    internal static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(10);

    private readonly NodeConfiguration _configuration;
    private readonly NodeSeams _seams;
    private readonly CompressionCodecs _codecs;
    private readonly IBrokerEvents _events;
    private readonly IMailbox _control;
    private readonly LeaveTimer _leaveTimer;
    private LogDirectories? _directories;
    private LogDirectories? _metadataDirectory;
    private LogHousekeeping? _housekeeping;
    private MetadataQuorum? _quorum;
    private NodeListeners? _listeners;
    private BrokerParts? _parts;
    private MetadataApplier? _applier;
    private DirectoryAssignments? _assignments;
    private BrokerLease? _lease;
    private Action? _whenReady;
    private Action<string>? _whenFailed;
    private Action? _whenClosed;
    private bool _isClosing;
    private bool _isFinishing;
    private volatile bool _hasFailed;

    public BrokerNode(
        NodeConfiguration configuration,
        NodeSeams seams,
        CompressionCodecs codecs,
        IBrokerEvents events)
    {
        _configuration = configuration;
        _seams = seams;
        _codecs = codecs;
        _events = events;
        ConnectionCounters = new ConnectionCounters(seams.Time);
        _control = seams.Scheduler.CreateMailbox("control");
        _leaveTimer = new LeaveTimer(this);
    }

    public ConnectionCounters ConnectionCounters { get; }

    public TrafficCounters Traffic { get; } = new();

    /// <summary>Null before the node opens.</summary>
    public BrokerGauges? Gauges { get; private set; }

    /// <summary>Groups and offsets; null before the node is ready.</summary>
    public GroupCoordinator? Groups => _parts?.Groups;

    /// <summary>The newest metadata this node has applied.</summary>
    public MetadataImage Image => _parts?.Cluster.Image ?? MetadataImage.Empty;

    /// <summary>
    /// What is served, with the ports that were chosen where 0 was asked for. Filled when the node is ready.
    /// </summary>
    public IReadOnlyList<(string Listener, IPEndPoint Address)> Endpoints { get; private set; } = [];

    /// <summary>
    /// Takes the log directories and begins to join the cluster. Blocks on the disk and returns before clients are
    /// served:
    /// <paramref name="whenReady"/> runs on a mailbox once they are, <paramref name="whenFailed"/> if the node cannot
    /// go on. Throws <see cref="LogDirectoryException"/> if the directories cannot be had.
    /// </summary>
    public void Open(Action whenReady, Action<string> whenFailed)
    {
        _whenReady = whenReady;
        _whenFailed = whenFailed;
        LogServices services = Services();
        int id = _configuration.NodeId;
        List<string> paths = [.. _configuration.LogDirectories.Select(Path.GetFullPath)];
        string metadataPath = Path.GetFullPath(_configuration.MetadataLogDirectory);
        _directories = LogDirectories.Open(new LogDirectoriesOptions(paths, id), services);
        _metadataDirectory = paths.Contains(metadataPath)
            ? _directories
            : LogDirectories.Open(new LogDirectoriesOptions([metadataPath], id, _directories.ClusterId), services);
        LogDirectory metadata = _metadataDirectory.All.FirstOrDefault(d => d.Path == metadataPath)
            ?? throw new LogDirectoryException(
                $"The metadata log's directory {metadataPath} cannot be used: "
                + _metadataDirectory.Unusable.GetValueOrDefault(metadataPath, "unknown reason"));
        foreach (LogDirectory directory in _directories.All.Append(metadata).Distinct())
        {
            directory.WentOffline += OnDirectoryOffline;
            directory.FoundDamage += _events.RecordsDamaged;
        }

        _quorum = new MetadataQuorum(
            QuorumSetup.From(_configuration, _directories.ClusterId),
            _seams,
            metadata,
            new ConfigValidation(_configuration))
        {
            Failed = OnQuorumFailed,
            RoomChanged = OnMetadataRoom,
        };
        _parts = Assemble(_directories, _quorum);
        Gauges = new BrokerGauges(_parts, _directories);
        _assignments = new DirectoryAssignments(_quorum, _quorum.Mailbox, new BrokerId(id));
        _applier = new MetadataApplier(_parts, _directories, _assignments, _events, _quorum.Mailbox);
        _quorum.Subscribe(_applier);
        _quorum.Subscribe(new FirstImage(this));
        _quorum.Start();
    }

    /// <summary>
    /// Leaves the cluster in order, closes the connections and the logs. <paramref name="whenClosed"/> runs on a
    /// mailbox when the clean-shutdown markers are written; who cannot wait so long just ends the process.
    /// </summary>
    public void Close(Action whenClosed)
    {
        _whenClosed = whenClosed;
        if (_applier is null)
        {
            // It did not come so far that anybody else works with the directories.
            CloseLogs();
            return;
        }

        if (_lease is null)
        {
            // What waits on the mailbox waits behind the opening of all logs, which a recovery makes long.
            _applier.StopOpening();
        }

        _quorum!.Mailbox.Post(new Work(BeginClosing));
    }

    private LogServices Services()
    {
        RecordScratchPool scratch = new(capacity: 8);
        return new LogServices(
            _seams.Disk, _seams.Entropy, new RecordBatchValidator(_codecs, scratch), _codecs, scratch)
        {
            ProducerIdExpirationMs = (long)_configuration.LogUpkeep.ProducerIdExpiration.TotalMilliseconds,
            // The other half is for connections, and for what is opened for a moment.
            OpenSegments = new OpenSegments(_seams.Disk.OpenFilesMax / 2),
        };
    }

    private BrokerParts Assemble(LogDirectories directories, MetadataQuorum quorum)
    {
        ClusterView cluster = new(
            directories.ClusterId,
            new BrokerId(_configuration.NodeId),
            [.. Feature.SupportedByThisSoftware()]);
        LiveConfigs configs = new(_configuration);
        LocalTopics topics = new();
        return new BrokerParts
        {
            Time = _seams.Time,
            Cluster = cluster,
            Configs = configs,
            Topics = topics,
            FetchSessions = new FetchSessionCache(_configuration.Fetch.SessionsMax, _seams.Entropy),
            FetchLimits = new FetchLimits { BytesMax = _configuration.Fetch.ResponseBytesMax },
            ColdReads = _seams.Scheduler.CreateBlockingMailbox("cold-reads", threads: 2),
            Flushes = new FlushBeforeAcknowledge(_seams.Scheduler.CreateBlockingMailbox("flusher", FlusherThreads)),
            AutoCreation = new TopicAutoCreation(configs, quorum, _control, _events),
            ProducerIds = new ProducerIds(cluster, quorum, _control),
            Controller = quorum,
            Quorum = quorum,
            Traffic = Traffic,
        };
    }

    /// <summary>On the metadata mailbox, once the log is loaded: the node opens its doors and registers.</summary>
    private void Join()
    {
        if (_isClosing)
        {
            return;
        }

        _applier!.SetStraysAside();
        _parts!.Groups = MakeGroups(_parts);
        _parts.Groups.Start();
        _applier.TellCoordinator();
        try
        {
            _listeners = new NodeListeners(_seams, _configuration, ConnectionCounters);
            _listeners.Open(HandlerTable.ForBroker(_parts), HandlerTable.ForController(_parts));
        }
        catch (NetworkException failure)
        {
            Fail(failure.Message);
            return;
        }

        Endpoints = [.. _listeners.Endpoints];
        StartHousekeeping();
        _lease = new BrokerLease(
            _quorum!,
            RegistrationSetup.OfBroker(_configuration, _directories!, Endpoints, Uuid.Random(_seams.Entropy)),
            _configuration.Quorum.BrokerHeartbeatInterval)
        {
            Changed = OnLease,
        };
        foreach (LogDirectory directory in _directories!.All.Where(static d => d.OfflineReason is not null))
        {
            _lease.ReportOffline(directory.Id);
        }

        _lease.Start();
        _lease.MarkReady();
        ControllerPresence presence = new(
            _quorum!,
            _quorum!.Mailbox,
            RegistrationSetup.OfController(_configuration, Endpoints, Uuid.Random(_seams.Entropy)));
        _quorum.Subscribe(presence);
        presence.Look(_quorum.Image);
    }

    private GroupCoordinator MakeGroups(BrokerParts parts)
    {
        // A group's place depends on the number of partitions, so the topic decides; the setting is for making it.
        GroupSettings settings = _configuration.Groups;
        int partitions = parts.Cluster.Image.Topics.TryGet(InternalTopics.ConsumerOffsets, out TopicImage? topic)
            ? topic.PartitionLimit
            : settings.OffsetsTopicPartitionCount;
        return new GroupCoordinator(
            GroupSetup.From(settings, partitions, _codecs),
            new CoordinatorLog(parts.Topics, _seams.Time),
            new CoordinatorTopics(parts.Cluster),
            _events,
            _seams.Time,
            _seams.Entropy,
            _control,
            _seams.Scheduler.CreateBlockingMailbox("group-loader", threads: 1));
    }

    private void StartHousekeeping()
    {
        LogUpkeepSettings upkeep = _configuration.LogUpkeep;
        _housekeeping = new LogHousekeeping(
            _directories!,
            _seams.Time,
            _seams.Scheduler.CreateBlockingMailbox("housekeeping", threads: 1),
            new LogHousekeepingIntervals
            {
                HighWatermarks = upkeep.HighWatermarkCheckpointInterval,
                RecoveryPoints = upkeep.RecoveryPointCheckpointInterval,
                Retention = upkeep.RetentionCheckInterval,
                ProducerExpiration = upkeep.ProducerIdExpirationCheckInterval,
            });
        _housekeeping.Start();
    }

    private void OnLease()
    {
        _assignments!.OnRegistered(_lease!.Epoch);
        if (_lease!.MayStop)
        {
            FinishClosing();
        }
        else if (!_lease.IsFenced && _whenReady is { } whenReady)
        {
            _whenReady = null;
            _parts!.AutoCreation.CheckReplicas(_quorum!.Image);
            whenReady();
        }
    }

    private void BeginClosing()
    {
        if (_isClosing)
        {
            return;
        }

        _isClosing = true;
        _whenReady = null;
        // A controller that has failed lets nobody go.
        if (_hasFailed || _lease is null || _lease.Epoch < 0)
        {
            FinishClosing();
        }
        else
        {
            _quorum!.Mailbox.Arm(_leaveTimer, LeavePatience);
            _lease.Leave();
        }
    }

    /// <summary>No more clients; then, behind what they still left, the logs.</summary>
    private void FinishClosing()
    {
        if (_isFinishing)
        {
            return;
        }

        _isFinishing = true;
        _quorum!.Mailbox.Disarm(_leaveTimer);
        _lease?.Stop();
        _listeners?.Close();
        _parts?.Groups?.Stop();
        _housekeeping?.Stop();
        _quorum.Mailbox.Post(new Work(CloseLogs));
    }

    private void CloseLogs()
    {
        _quorum?.Stop();
        long epoch = _lease?.Epoch ?? -1;
        IEnumerable<LogDirectory> all = [.. _directories?.All ?? [], .. _metadataDirectory?.All ?? []];
        foreach (LogDirectory directory in all.Distinct())
        {
            directory.Close(epoch);
        }

        _whenClosed?.Invoke();
    }

    /// <summary>On the thread that met the failure, in the middle of what it does.</summary>
    private void OnDirectoryOffline(LogDirectory directory, string reason)
    {
        _events.DirectoryOffline(directory.Path, reason);
        if (directory.Path == Path.GetFullPath(_configuration.MetadataLogDirectory))
        {
            Fail($"The log directory of the metadata has failed. {reason}");
        }
        else if (_directories!.All.All(static d => d.OfflineReason is not null))
        {
            Fail($"No log directory is left. {reason}");
        }
        else
        {
            _quorum!.Mailbox.Post(new Work(() =>
            {
                _applier!.OnDirectoryOffline();
                _lease?.ReportOffline(directory.Id);
            }));
        }
    }

    /// <summary>On the metadata mailbox.</summary>
    private void OnQuorumFailed(Exception failure)
    {
        Fail(failure is UnservedQuorumException
            ? failure.Message
            : $"The metadata cannot be kept: {failure.Message}");
        if (_isClosing)
        {
            FinishClosing();
        }
    }

    private void OnMetadataRoom(string? lack)
    {
        if (lack is not null)
        {
            _events.MetadataLogFull(lack);
        }
        else
        {
            _events.MetadataLogHasRoom();
        }
    }

    private void Fail(string reason)
    {
        // The first failure is the reason of those that follow.
        if (_hasFailed)
        {
            return;
        }

        _hasFailed = true;
        _whenFailed?.Invoke(reason);
    }

    /// <summary>Waits for the metadata log to be loaded, and goes on from there in a turn of its own.</summary>
    private sealed class FirstImage(BrokerNode owner) : IMetadataSubscriber
    {
        private int _calls;
        private bool _seen;

        public void Apply(MetadataImage image, MetadataDelta delta)
        {
            // The first call brings the snapshot alone. The next with a metadata version comes when this node leads and
            // the log behind the snapshot is applied too; a new cluster has its version from the bootstrap records.
            _calls++;
            if (_calls > 1 && image.Version is not null && !_seen)
            {
                _seen = true;
                owner._quorum!.Mailbox.Post(new Work(owner.Join));
            }
        }
    }

    private sealed class LeaveTimer(BrokerNode owner) : TimerItem
    {
        public override void Fire() => owner.FinishClosing();
    }

    private sealed class Work(Action action) : WorkItem
    {
        public override void Run() => action();
    }
}
