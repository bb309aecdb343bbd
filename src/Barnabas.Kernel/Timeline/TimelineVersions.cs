namespace Barnabas.Kernel;

/// <summary>
/// The versions of one value, newest first. Stamps fall strictly along the chain, so at most one version per snapshot
/// exists, and writing twice between two snapshots overwrites in place.
/// </summary>
internal abstract class TimelineVersions<T> : TimelineCell
{
    private readonly SnapshotRegistry _registry;
    private Version? _newest;

    protected TimelineVersions(SnapshotRegistry registry)
    {
        _registry = registry;
    }

    /// <summary>True if the value exists now.</summary>
    public bool IsPresent => _newest is { IsPresent: true };

    public bool TryRead(long epoch, out T value)
    {
        Version? version = _newest;
        if (epoch != SnapshotRegistry.Latest)
        {
            Invariant.That(_registry.Has(epoch));
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
        long stamp = _registry.Stamp;
        // Above: the snapshot after which the version was written is forgotten, and with it whoever could tell the two.
        if (_newest is { } newest && newest.Stamp >= stamp)
        {
            newest.IsPresent = present;
            newest.Value = value;
        }
        else
        {
            _newest = new Version(stamp, present, value, _newest);
            _registry.Touch(this);
        }

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

        Version? version = _newest;
        while (version is not null && version.Stamp >= oldest)
        {
            version = version.Older;
        }

        if (version is not null)
        {
            version.Older = null;
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
            _newest = null;
        }

        if (_newest is null)
        {
            Forgotten();
        }
    }

    private sealed class Version(long stamp, bool present, T value, Version? older)
    {
        public long Stamp { get; } = stamp;

        public bool IsPresent { get; set; } = present;

        public T Value { get; set; } = value;

        public Version? Older { get; set; } = older;
    }
}
