namespace Barnabas.Configuration;

/// <summary>
/// The configuration of a node, read from its <c>server.properties</c> and the command line, checked as a whole.
/// Immutable, so from any thread. What can change while the node runs is asked of <see cref="BrokerConfigs"/>.
/// </summary>
public sealed class NodeConfiguration
{
    internal NodeConfiguration(
        ConfigValues values,
        NodeListeners listeners,
        IReadOnlyDictionary<string, string> written)
    {
        Values = values;
        Written = written;
        Roles = RolesOf(values);
        Voters = VotersOf(values);
        LogDirectories = LogDirectoriesOf(values);
        Listeners = listeners.All;
        ControllerListenerNames = listeners.ControllerNames;
        AdvertisedListeners = listeners.AdvertisedForBroker;
        AdvertisedControllerListeners = listeners.AdvertisedForController;
    }

    /// <summary>All keys with their values, for what has no property here.</summary>
    public ConfigValues Values { get; }

    /// <summary>
    /// Keys and texts as they were written, unknown ones too: what KIP-226 calls static configuration.
    /// </summary>
    public IReadOnlyDictionary<string, string> Written { get; }

    public ProcessRoles Roles { get; }

    public int NodeId => NodeKeys.NodeId.In(Values);

    public string? Rack => NodeKeys.BrokerRack.In(Values);

    /// <summary>All addresses to listen on.</summary>
    public IReadOnlyList<ListenerEndpoint> Listeners { get; }

    /// <summary>
    /// Names of the listeners that belong to controllers; requests for the controller come only there.
    /// </summary>
    public IReadOnlyList<string> ControllerListenerNames { get; }

    /// <summary>What clients and brokers are told. Ports that are 0 are known only when the node listens.</summary>
    public IReadOnlyList<ListenerEndpoint> AdvertisedListeners { get; }

    /// <summary>What is told about this node's controller. A null host stands for the name of this machine.</summary>
    public IReadOnlyList<ListenerEndpoint> AdvertisedControllerListeners { get; }

    /// <summary>The voters of a quorum with fixed membership; empty if the membership is in the metadata log.</summary>
    public IReadOnlyList<QuorumVoter> Voters { get; }

    /// <summary>Absolute or relative paths as written; at least one.</summary>
    public IReadOnlyList<string> LogDirectories { get; }

    /// <summary>Where the metadata log lies: one of <see cref="LogDirectories"/> or a directory of its own.</summary>
    public string MetadataLogDirectory => NodeKeys.MetadataLogDir.In(Values) ?? LogDirectories[0];

    public NetworkSettings Network => NetworkSettings.From(Values);

    public QuorumSettings Quorum => QuorumSettings.From(Values);

    public LogUpkeepSettings LogUpkeep => LogUpkeepSettings.From(Values);

    public TopicCreationSettings TopicCreation => TopicCreationSettings.From(Values);

    public FetchSettings Fetch => FetchSettings.From(Values);

    public GroupSettings Groups => GroupSettings.From(Values);

    /// <summary>Where metrics are served, or null for nowhere.</summary>
    public HostAndPort? MetricsListener =>
        HostAndPort.TryParse(BarnabasKeys.MetricsListener.In(Values), out HostAndPort endpoint) ? endpoint : null;

    /// <summary>Keys that were set, are known, and do nothing in this version; in ordinal order.</summary>
    public IReadOnlyList<string> KeysWithoutEffect =>
        [.. Values.SetKeys.Where(key => !key.HasEffect).Select(key => key.Name)];

    /// <summary>
    /// Reads a file. Values in <paramref name="overrides"/> (the <c>--override key=value</c> of the command line) win
    /// over those in the file.
    /// </summary>
    public static NodeConfigurationResult Parse(
        PropertiesFile file,
        IReadOnlyDictionary<string, string>? overrides = null) =>
        NodeConfigurationReader.Read(file, overrides ?? new Dictionary<string, string>());

    internal static ProcessRoles RolesOf(ConfigValues values)
    {
        ProcessRoles roles = ProcessRoles.None;
        foreach (string role in NodeKeys.ProcessRoles.In(values))
        {
            roles |= role == "broker" ? ProcessRoles.Broker : ProcessRoles.Controller;
        }

        return roles;
    }

    internal static IReadOnlyList<QuorumVoter> VotersOf(ConfigValues values)
    {
        List<QuorumVoter> voters = [];
        foreach (string entry in QuorumKeys.ControllerQuorumVoters.In(values))
        {
            if (QuorumVoter.TryParse(entry, out QuorumVoter voter))
            {
                voters.Add(voter);
            }
        }

        return voters;
    }

    internal static IReadOnlyList<string> LogDirectoriesOf(ConfigValues values) =>
        NodeKeys.LogDirs.In(values) ?? NodeKeys.LogDir.In(values);
}
