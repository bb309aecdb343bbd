namespace Barnabas.Configuration;

/// <summary>
/// What was written for a node: the entries of the file with those of the command line over them, and the problems
/// found on the way. Belongs to one reading.
/// </summary>
internal sealed class NodeSource
{
    private readonly Dictionary<string, PropertyEntry> _entries = new(StringComparer.Ordinal);
    private readonly List<ConfigProblem> _problems = [];
    private readonly List<ConfigProblem> _notes = [];

    public NodeSource(PropertiesFile file, IReadOnlyDictionary<string, string> overrides)
    {
        foreach ((string key, PropertyEntry entry) in file.Entries)
        {
            _entries[key] = entry;
        }

        foreach ((string key, string value) in overrides)
        {
            _entries[key] = new PropertyEntry(value, null);
        }

        _problems.AddRange(file.Problems);
        _notes.AddRange(file.Repeated);
    }

    public IReadOnlyDictionary<string, PropertyEntry> Entries => _entries;

    public IReadOnlyList<ConfigProblem> Problems => _problems;

    public IReadOnlyList<ConfigProblem> Notes => _notes;

    public bool Has(ConfigKey key) => _entries.ContainsKey(key.Name);

    public bool HasProblem(ConfigKey key) => _problems.Exists(problem => problem.Key == key.Name);

    /// <summary>What keeps the node from starting.</summary>
    public void Refuse(string key, string message) => _problems.Add(new ConfigProblem(key, message, LineOf(key)));

    public void Refuse(ConfigKey key, string message) => Refuse(key.Name, message);

    /// <summary>What the operator should know.</summary>
    public void Note(string key, string message) => _notes.Add(new ConfigProblem(key, message, LineOf(key)));

    /// <summary>Lets one key stand in for another that was not set, with the line of the one that was.</summary>
    public void FillFrom(ConfigKey missing, ConfigKey present)
    {
        if (!Has(missing) && _entries.TryGetValue(present.Name, out PropertyEntry entry))
        {
            _entries[missing.Name] = entry;
        }
    }

    private int? LineOf(string key) => _entries.TryGetValue(key, out PropertyEntry entry) ? entry.Line : null;
}
