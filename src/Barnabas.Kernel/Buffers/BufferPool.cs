using System.Numerics;

namespace Barnabas.Kernel;

/// <summary>
/// Buffers for sockets and disk: pinned arrays in sizes of powers of two from 4 KiB, reused, and bounded in their sum,
/// so that peers can make the process refuse but not grow. Renting and returning allocate nothing once a size is warm.
/// From any thread.
/// </summary>
/// <remarks>
/// Invariants: <c>IdleBytes &lt;= IdleBytesMax</c>; <c>RentedBytes + IdleBytes &lt;= LimitBytes</c>.
/// </remarks>
public sealed class BufferPool
{
    /// <summary>The smallest buffer.</summary>
    public const int BufferBytesMin = 1 << MinShift;

    // A page: smaller requests would save nothing the kernel or the page table could see.
    private const int MinShift = 12;

    private readonly Lock _gate = new();
    private readonly BufferPoolOptions _options;
    private readonly BufferSlab?[] _idle;
    private readonly HashSet<BufferSlab>? _leased;
    private long _rentedBytes;
    private long _idleBytes;

    public BufferPool(BufferPoolOptions? options = null)
    {
        _options = options ?? new BufferPoolOptions();
        Invariant.That(_options.BufferBytesMax >= BufferBytesMin && BitOperations.IsPow2(_options.BufferBytesMax));
        _idle = new BufferSlab?[SizeClassOf(_options.BufferBytesMax) + 1];
        _leased = _options.TrackLeases ? [] : null;
    }

    public BufferPoolOptions Options => _options;

    /// <summary>Bytes that somebody holds now.</summary>
    public long RentedBytes => Volatile.Read(ref _rentedBytes);

    /// <summary>Bytes that wait for the next renter.</summary>
    public long IdleBytes => Volatile.Read(ref _idleBytes);

    /// <summary>
    /// Rents a buffer of at least <paramref name="bytes"/> bytes. False if it would pass a limit: the caller slows down
    /// or refuses, and never waits here. <paramref name="origin"/> names the holder in <see cref="Outstanding"/>; pass
    /// a constant.
    /// </summary>
    public bool TryRent(int bytes, string origin, out BufferLease lease)
    {
        lease = default;
        if (bytes < 0 || bytes > _options.BufferBytesMax)
        {
            return false;
        }

        int sizeClass = SizeClassOf(bytes);
        long size = SizeOf(sizeClass);
        BufferSlab? slab;
        lock (_gate)
        {
            slab = _idle[sizeClass];
            if (slab is not null)
            {
                _idle[sizeClass] = slab.NextIdle;
                slab.NextIdle = null;
                _idleBytes -= size;
            }
            else if (!MakeRoomFor(size))
            {
                return false;
            }

            _rentedBytes += size;
        }

        // Outside the lock: a large array is cleared or committed by the system, and others need not wait for that.
        slab ??= Allocate(sizeClass);
        slab.Origin = origin;
        Track(slab, leased: true);
        lease = new BufferLease(slab, slab.BeginLease());
        return true;
    }

    /// <summary>
    /// Who holds buffers now, one line each (origin and size), in no order. Empty unless leases are tracked.
    /// </summary>
    public IReadOnlyList<string> Outstanding()
    {
        lock (_gate)
        {
            return _leased is null ? [] : [.. _leased.Select(slab => $"{slab.Origin} ({slab.Bytes.Length} bytes)")];
        }
    }

    internal void TakeBack(BufferSlab slab)
    {
        long size = slab.Bytes.Length;
        Track(slab, leased: false);
        slab.Origin = null;
        lock (_gate)
        {
            _rentedBytes -= size;
            if (_idleBytes + size <= _options.IdleBytesMax)
            {
                slab.NextIdle = _idle[slab.SizeClass];
                _idle[slab.SizeClass] = slab;
                _idleBytes += size;
            }
        }
    }

    private static int SizeClassOf(int bytes) =>
        bytes <= BufferBytesMin ? 0 : BitOperations.Log2((uint)bytes - 1) + 1 - MinShift;

    private static long SizeOf(int sizeClass) => 1L << (sizeClass + MinShift);

    // Idle buffers of other sizes give way to one that is needed now, the largest first: fewest steps.
    private bool MakeRoomFor(long size)
    {
        if (_rentedBytes + size > _options.LimitBytes)
        {
            return false;
        }

        for (int victim = _idle.Length - 1; victim >= 0; victim--)
        {
            while (_rentedBytes + _idleBytes + size > _options.LimitBytes && _idle[victim] is { } slab)
            {
                _idle[victim] = slab.NextIdle;
                _idleBytes -= SizeOf(victim);
            }
        }

        return true;
    }

    private BufferSlab Allocate(int sizeClass)
    {
        try
        {
            return new BufferSlab(
                this, GC.AllocateUninitializedArray<byte>((int)SizeOf(sizeClass), pinned: true), sizeClass);
        }
        catch (OutOfMemoryException)
        {
            lock (_gate)
            {
                _rentedBytes -= SizeOf(sizeClass);
            }

            throw;
        }
    }

    private void Track(BufferSlab slab, bool leased)
    {
        if (_leased is null)
        {
            return;
        }

        lock (_gate)
        {
            bool changed = leased ? _leased.Add(slab) : _leased.Remove(slab);
            Invariant.That(changed);
        }
    }
}
