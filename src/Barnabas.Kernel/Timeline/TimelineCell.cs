namespace Barnabas.Kernel;

/// <summary>One value with its versions, as <see cref="SnapshotRegistry"/> sees it.</summary>
internal abstract class TimelineCell
{
    /// <summary>Drops the versions written after the snapshot <paramref name="epoch"/>.</summary>
    public abstract void Revert(long epoch);

    /// <summary>Drops the versions that neither the snapshot <paramref name="oldest"/> nor a later one sees.</summary>
    public abstract void Prune(long oldest);
}
