namespace Barnabas.Kernel;

/// <summary>
/// The versions of one value, newest first. Stamps fall strictly along the chain, so at most one version per snapshot
/// exists, and writing twice between two snapshots overwrites in place.
/// </summary>
internal abstract class TimelineVersions<T> : TimelineCell
{
    private readonly TimelineVersionPool<T> _pool;
    private TimelineVersion<T>? _newest;

    protected TimelineVersions(TimelineVersionPool<T> pool)
    {
        _pool = pool;
    }

    /// <summary>True if the value exists now.</summary>
    public bool IsPresent => _newest is { IsPresent: true };

    public bool TryRead(long epoch, out T value)
    {
        TimelineVersion<T>? version = _newest;
        if (epoch != SnapshotRegistry.Latest)
        {
            Invariant.That(_pool.Registry.Has(epoch));
            while (version is not null && version.Stamp >= epoch)
            {
                version = version.Older;
            }
        }

        if (version is { IsPresent: true })
        {
            value = version.Value;
            return true;
        }

        value = default!;
        return false;
    }

    public void Write(bool present, T value)
    {
        bool was = IsPresent;
        long stamp = _pool.Registry.Stamp;
        // Above: the snapshot after which the version was written is forgotten, and with it whoever could tell the two.
        if (_newest is null || _newest.Stamp < stamp)
        {
            TimelineVersion<T> version = _pool.Rent();
            version.Stamp = stamp;
            version.Older = _newest;
            _newest = version;
            _pool.Registry.Touch(this);
        }

        _newest.IsPresent = present;
        _newest.Value = value;

        Changed(was);
        DropIfForgettable();
    }

    public sealed override void Revert(long epoch)
    {
        if (_newest is null)
        {
            return;
        }

        bool was = IsPresent;
        while (_newest is { } newest && newest.Stamp >= epoch)
        {
            _newest = newest.Older;
            _pool.Return(newest);
        }

        Changed(was);
        DropIfForgettable();
    }

    public sealed override void Prune(long oldest)
    {
        if (_newest is null)
        {
            return;
        }

        TimelineVersion<T>? version = _newest;
        while (version is not null && version.Stamp >= oldest)
        {
            version = version.Older;
        }

        while (version?.Older is { } unseen)
        {
            version.Older = unseen.Older;
            _pool.Return(unseen);
        }

        DropIfForgettable();
    }

    /// <summary>The value came or went, or neither.</summary>
    protected abstract void Changed(bool wasPresent);

    /// <summary>No snapshot and no reader can see the value any more; its owner lets go of the cell.</summary>
    protected abstract void Forgotten();

    private void DropIfForgettable()
    {
        // "Absent" needs to be remembered only while an older version hides behind it.
        if (_newest is { IsPresent: false, Older: null })
        {
            _pool.Return(_newest);
            _newest = null;
        }

        if (_newest is null)
        {
            Forgotten();
        }
    }
}
