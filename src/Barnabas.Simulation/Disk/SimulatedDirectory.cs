namespace Barnabas.Simulation;

/// <summary>
/// The names of a simulated directory: as they are now, as the platter has them, and the changes that lie between.
/// </summary>
internal sealed class SimulatedDirectory : SimulatedEntry
{
    private readonly List<(string Name, SimulatedEntry? Entry, string? Removed)> _unsynced = [];
    private SortedDictionary<string, SimulatedEntry> _durable = new(StringComparer.Ordinal);

    public SortedDictionary<string, SimulatedEntry> Names { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>Gives a name to an entry, or to none; with <paramref name="removed"/> that name goes in the same
    /// step.</summary>
    public void Change(string name, SimulatedEntry? entry, string? removed = null)
    {
        Apply(Names, name, entry, removed);
        _unsynced.Add((name, entry, removed));
    }

    public void Sync()
    {
        foreach ((string name, SimulatedEntry? entry, string? removed) in _unsynced)
        {
            Apply(_durable, name, entry, removed);
        }

        _unsynced.Clear();
    }

    /// <summary>Keeps a first part of the unsynced changes, as a journal does, and forgets the others.</summary>
    public void LosePower(SimulatedRandom random)
    {
        int kept = random.Next(_unsynced.Count + 1);
        for (int i = 0; i < kept; i++)
        {
            Apply(_durable, _unsynced[i].Name, _unsynced[i].Entry, _unsynced[i].Removed);
        }

        _unsynced.Clear();
        Names = _durable;
        _durable = new SortedDictionary<string, SimulatedEntry>(Names, StringComparer.Ordinal);
    }

    private static void Apply(
        SortedDictionary<string, SimulatedEntry> names, string name, SimulatedEntry? entry, string? removed)
    {
        if (removed is not null)
        {
            names.Remove(removed);
        }

        if (entry is null)
        {
            names.Remove(name);
        }
        else
        {
            names[name] = entry;
        }
    }
}
