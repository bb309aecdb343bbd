namespace Barnabas.Configuration;

/// <summary>
/// The three layers of a broker's configuration (KIP-226): what its file says, what was set for all brokers, and what
/// was set for this one. Immutable; a change makes a new one with <see cref="With"/>.
/// </summary>
public sealed class BrokerConfigs
{
    private BrokerConfigs(
        IReadOnlyDictionary<string, string> written,
        IReadOnlyDictionary<string, string> dynamicDefaults,
        IReadOnlyDictionary<string, string> dynamicOwn)
    {
        Written = written;
        DynamicDefaults = dynamicDefaults;
        DynamicOwn = dynamicOwn;
        Values = Merge();
    }

    /// <summary>The static layer.</summary>
    public IReadOnlyDictionary<string, string> Written { get; }

    /// <summary>Set for all brokers at once.</summary>
    public IReadOnlyDictionary<string, string> DynamicDefaults { get; }

    /// <summary>Set for this broker.</summary>
    public IReadOnlyDictionary<string, string> DynamicOwn { get; }

    /// <summary>What is in force: the strongest layer of each key.</summary>
    public ConfigValues Values { get; }

    public static BrokerConfigs Of(NodeConfiguration node)
    {
        Dictionary<string, string> written = new(node.Written, StringComparer.Ordinal);
        // The two names of the id stand for each other in everything that is shown.
        string id = node.NodeId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        written.TryAdd(NodeKeys.NodeId.Name, id);
        written.TryAdd(NodeKeys.BrokerId.Name, id);
        return new BrokerConfigs(written, new Dictionary<string, string>(), new Dictionary<string, string>());
    }

    /// <summary>The same broker with other dynamic layers.</summary>
    public BrokerConfigs With(
        IReadOnlyDictionary<string, string> dynamicDefaults,
        IReadOnlyDictionary<string, string> dynamicOwn) =>
        new(Written, dynamicDefaults, dynamicOwn);

    /// <summary>
    /// What is wrong with a dynamic layer, in Kafka's words; empty if nothing is. Keys that no table knows are allowed:
    /// they may belong to a plug-in.
    /// </summary>
    /// <param name="layer">All keys that the layer will hold.</param>
    /// <param name="forOneBroker">False for the layer of all brokers, where what names something local is not
    /// allowed.</param>
    public static IReadOnlyList<string> CheckLayer(IReadOnlyDictionary<string, string> layer, bool forOneBroker)
    {
        List<string> problems = [];
        string[] names = [.. layer.Keys.Order(StringComparer.Ordinal)];
        AddNames("Cannot update these configs dynamically", name => Find(name) is { Mode: DynamicMode.ReadOnly });
        AddNames(
            "These security configs can be dynamically updated only per-listener using the listener prefix",
            name => name.StartsWith("ssl.", StringComparison.Ordinal) && Find(name) is { Mode: DynamicMode.PerBroker });
        if (!forOneBroker)
        {
            AddNames(
                "Cannot update these configs at default cluster level, broker id must be specified",
                name => FindBehindPrefix(name) is { Mode: DynamicMode.PerBroker });
        }

        foreach (string name in names)
        {
            if (FindBehindPrefix(name) is { } key && !key.TryParse(layer[name], out _, out string? problem))
            {
                problems.Add(problem);
            }
        }

        return problems;

        void AddNames(string message, Predicate<string> concerns)
        {
            string[] found = Array.FindAll(names, concerns);
            if (found.Length > 0)
            {
                problems.Add($"{message}: [{string.Join(", ", found)}]");
            }
        }
    }

    /// <summary>
    /// The key, also if the name has the prefix of a listener: <c>listener.name.internal.ssl.keystore.location</c>.
    /// </summary>
    internal static ConfigKey? FindBehindPrefix(string name)
    {
        const string Prefix = "listener.name.";
        if (Find(name) is { } key)
        {
            return key;
        }

        int dot = name.StartsWith(Prefix, StringComparison.Ordinal)
            ? name.IndexOf('.', Prefix.Length)
            : -1;
        return dot < 0 ? null : Find(name[(dot + 1)..]);
    }

    private static ConfigKey? Find(string name) => ConfigTables.Broker.Find(name);

    private ConfigValues Merge()
    {
        Dictionary<ConfigKey, object?> values = [];
        foreach (IReadOnlyDictionary<string, string> layer in (ReadOnlySpan<IReadOnlyDictionary<string, string>>)
            [Written, DynamicDefaults, DynamicOwn])
        {
            foreach ((string name, string text) in layer)
            {
                // A dynamic value that does not parse can only come from a newer version; the layer below stays in
                // force.
                if (Find(name) is { } key && key.TryParse(text, out object? value, out _))
                {
                    values[key] = value;
                }
            }
        }

        return new ConfigValues(values);
    }
}
