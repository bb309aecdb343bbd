namespace Barnabas.Kernel;

/// <summary>
/// A rented buffer. It has one owner, who gives it back exactly once with <see cref="Return"/>; whoever copies the
/// struct hands the ownership on. A second return, or use after the return, breaks an <see cref="Invariant"/>.
/// </summary>
public readonly struct BufferLease
{
    private readonly BufferSlab? _slab;
    private readonly uint _generation;

    internal BufferLease(BufferSlab slab, uint generation)
    {
        _slab = slab;
        _generation = generation;
    }

    /// <summary>The default value leases nothing; returning it does nothing.</summary>
    public bool IsEmpty => _slab is null;

    /// <summary>Bytes in the buffer: at least what was asked for.</summary>
    public int Length => _slab?.Bytes.Length ?? 0;

    /// <summary>
    /// The bytes. They stay at their address for as long as they are leased (the array lies on the pinned heap), and
    /// their content at the time of renting is whatever the last renter left.
    /// </summary>
    public Span<byte> Span => Array;

    public Memory<byte> Memory => Array;

    /// <summary>The array itself, for slices that must be comparable or sit in a field. Not for keeping.</summary>
    public byte[] Array
    {
        get
        {
            if (_slab is null)
            {
                return [];
            }

            Invariant.That(_slab.Generation == _generation, "a buffer is used only while it is leased");
            return _slab.Bytes;
        }
    }

    public void Return()
    {
        if (_slab is not null)
        {
            Invariant.That(_slab.TryEndLease(_generation), "a buffer is returned once");
            _slab.Owner.TakeBack(_slab);
        }
    }
}
