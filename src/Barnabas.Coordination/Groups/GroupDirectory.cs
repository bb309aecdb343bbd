using System.Diagnostics.CodeAnalysis;
using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// The groups of one partition. Which groups exist is timeline state: a group whose first record fails to be appended
/// is gone again, and readers see a group once it is committed. What a group looks like inside is not: it changes
/// while it lives and is persisted when a generation is complete.
/// </summary>
internal sealed class GroupDirectory(SnapshotRegistry registry, GroupCounters counters)
{
    private readonly TimelineDictionary<string, ClassicGroup> _groups = new(registry, StringComparer.Ordinal);

    public int Count => _groups.Count;

    public ClassicGroup? Find(string groupId, long epoch = SnapshotRegistry.Latest) =>
        _groups.TryGetValue(groupId, out ClassicGroup? group, epoch) ? group : null;

    public bool TryFind(ReadOnlySpan<char> groupId, [MaybeNullWhen(false)] out ClassicGroup group) =>
        _groups.TryGetLatest(groupId, out group);

    /// <summary>True if this very group is in the directory, not another that took its id.</summary>
    public bool Holds(ClassicGroup group) => ReferenceEquals(Find(group.Id), group);

    public void Put(ClassicGroup group)
    {
        if (TryFind(group.Id, out ClassicGroup? replaced))
        {
            counters.CountGroup(replaced.State, -1);
        }

        _groups.Set(group.Id, group);
        counters.CountGroup(group.State, 1);
    }

    public void Remove(ClassicGroup group)
    {
        Invariant.That(Holds(group));
        _groups.Remove(group.Id);
        counters.CountGroup(group.State, -1);
    }

    /// <summary>The registry has taken the group back: its first record was not written.</summary>
    public void Forget(ClassicGroup group)
    {
        Invariant.That(!Holds(group));
        counters.CountGroup(group.State, -1);
    }

    /// <summary>In the order of their ids, so that what follows from it repeats exactly.</summary>
    public List<ClassicGroup> Sorted(long epoch = SnapshotRegistry.Latest)
    {
        var groups = new List<ClassicGroup>(_groups.Count);
        foreach ((_, ClassicGroup group) in _groups.Entries(epoch))
        {
            groups.Add(group);
        }

        groups.Sort(static (left, right) => string.CompareOrdinal(left.Id, right.Id));
        return groups;
    }
}
