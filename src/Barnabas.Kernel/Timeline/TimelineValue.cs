namespace Barnabas.Kernel;

/// <summary>A single value that can be read as of any snapshot of its registry. Not thread-safe.</summary>
public sealed class TimelineValue<T>
{
    private readonly Cell _cell;

    /// <param name="initial">What snapshots taken from now on see until <see cref="Value"/> is set.</param>
    public TimelineValue(SnapshotRegistry registry, T initial)
    {
        _cell = new Cell(registry, initial);
    }

    /// <summary>The latest value.</summary>
    public T Value
    {
        get => AsOf(SnapshotRegistry.Latest);
        set => _cell.Write(present: true, value);
    }

    /// <summary>The value that a snapshot saw; the initial one if the snapshot is older than this object.</summary>
    public T AsOf(long epoch) => _cell.TryRead(epoch, out T value) ? value : _cell.Initial;

    private sealed class Cell(SnapshotRegistry registry, T initial) : TimelineVersions<T>(registry.Versions<T>())
    {
        public T Initial { get; } = initial;

        protected override void Changed(bool wasPresent)
        {
        }

        protected override void Forgotten()
        {
        }
    }
}
