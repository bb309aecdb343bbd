namespace Barnabas.Kernel;

/// <summary>
/// The versions of one type of value under one registry that nobody can see any more. A value that is written after
/// each snapshot needs a version each time, and the one before becomes free as soon as its snapshot is forgotten.
/// </summary>
internal sealed class TimelineVersionPool<T>(SnapshotRegistry registry)
{
    /// <summary>More are left to the collector: a load or a long wait for followers must not stay in memory.</summary>
    private const int FreeMax = 1024;

    private TimelineVersion<T>? _free;
    private int _freeCount;

    public SnapshotRegistry Registry { get; } = registry;

    public TimelineVersion<T> Rent()
    {
        if (_free is not { } version)
        {
            return new TimelineVersion<T>();
        }

        _free = version.Older;
        _freeCount--;
        return version;
    }

    /// <summary>Takes a version that nothing refers to any more.</summary>
    public void Return(TimelineVersion<T> version)
    {
        if (_freeCount < FreeMax)
        {
            version.Value = default!;
            version.Older = _free;
            _free = version;
            _freeCount++;
        }
    }
}
