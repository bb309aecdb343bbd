using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>
/// The bytes of a simulated file: what readers see now, and beside it, for each page that differs, what the platter
/// holds. Invariant: <c>_platter[p]</c> is null exactly if page p is the same in both.
/// </summary>
internal sealed class SimulatedInode : SimulatedEntry
{
    public const int PageSize = 4096;
    private const int SectorSize = 512;
    private static readonly byte[] ZeroPage = new byte[PageSize];

    private readonly List<int> _dirty = [];
    private byte[] _content = [];
    private byte[]?[] _platter = [];
    private bool[] _isDirty = [];
    private long _durableLength;
    private long _shortest;
    private long _reserved;

    public long Length { get; private set; }

    /// <summary>When it was last changed, by the wall clock; survives a loss of power.</summary>
    public long ModifiedMs { get; set; }

    /// <summary>Names that lead here, and open files.</summary>
    public int Users { get; set; }

    public long Pages => PagesOf(Math.Max(Length, _reserved));

    public static long PagesOf(long bytes) => (bytes + PageSize - 1) / PageSize;

    public int Read(Span<byte> destination, long position)
    {
        int count = (int)Math.Clamp(Length - position, 0, destination.Length);
        if (count > 0)
        {
            _content.AsSpan((int)position, count).CopyTo(destination);
        }

        return count;
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        if (source.IsEmpty)
        {
            return;
        }

        long end = position + source.Length;
        Grow(end);
        TouchRange(position, end);
        source.CopyTo(_content.AsSpan((int)position));
        Length = Math.Max(Length, end);
    }

    public void SetLength(long length)
    {
        if (length < Length)
        {
            TouchRange(length, Length);
            _content.AsSpan((int)length, (int)(Length - length)).Clear();
            _reserved = Math.Min(_reserved, length);
        }
        else
        {
            Grow(length);
        }

        Length = length;
        _shortest = Math.Min(_shortest, length);
    }

    public void Reserve(long length) => _reserved = Math.Max(_reserved, length);

    public void Sync()
    {
        foreach (int page in _dirty)
        {
            _platter[page] = null;
            _isDirty[page] = false;
        }

        _dirty.Clear();
        _durableLength = Length;
        _shortest = Length;
    }

    /// <summary>
    /// A sync that failed: some of the dirty pages were written, the others were not, and all count as clean from now
    /// on, so that a later sync will not write them either.
    /// </summary>
    public void SyncBadly(SimulatedRandom random)
    {
        foreach (int page in _dirty)
        {
            _isDirty[page] = false;
            if (random.OneIn(2))
            {
                _platter[page] = null;
            }
        }

        _dirty.Clear();
    }

    public void LosePower(SimulatedRandom random)
    {
        long length = DrawLength(random);
        Grow(length);
        for (int page = 0; page < _platter.Length; page++)
        {
            if (_platter[page] is { } old)
            {
                bool cutOff = (long)page * PageSize >= Length;
                bool lost = cutOff || !_isDirty[page];
                Settle(page, old, lost ? 0 : random.Next(5), random);
                _platter[page] = null;
                _isDirty[page] = false;
            }
        }

        _dirty.Clear();
        _content.AsSpan((int)length).Clear();
        Length = length;
        _durableLength = length;
        _shortest = length;
    }

    public void FlipBit(long position, int bit)
    {
        Invariant.That(position < Length);
        _content[position] ^= (byte)(1 << bit);
        if (_platter[position / PageSize] is { } old && !ReferenceEquals(old, ZeroPage))
        {
            old[position % PageSize] ^= (byte)(1 << bit);
        }
    }

    // Two fifths: the page is lost. Two fifths: it is kept. One fifth: each sector for itself.
    private void Settle(int page, byte[] old, int fate, SimulatedRandom random)
    {
        Span<byte> now = _content.AsSpan(page * PageSize, PageSize);
        switch (fate)
        {
            case 0 or 1:
                old.CopyTo(now);
                break;
            case 4:
                for (int sector = 0; sector < PageSize; sector += SectorSize)
                {
                    if (random.OneIn(2))
                    {
                        old.AsSpan(sector, SectorSize).CopyTo(now[sector..]);
                    }
                }

                break;
        }
    }

    // The length is written like a page of its own: the old one, the new one, or what an append on the way had.
    private long DrawLength(SimulatedRandom random)
    {
        if (_durableLength == Length && _shortest == Length)
        {
            return Length;
        }

        return random.Next(4) switch
        {
            0 => _durableLength,
            1 => random.Between(Math.Min(_shortest, Length), Length),
            _ => Length,
        };
    }

    private void Grow(long length)
    {
        if (length <= _content.Length)
        {
            return;
        }

        long capacity = PagesOf(Math.Max(length, Math.Min(_content.Length * 2L, int.MaxValue / 2))) * PageSize;
        Array.Resize(ref _content, (int)capacity);
        Array.Resize(ref _platter, (int)(capacity / PageSize));
        Array.Resize(ref _isDirty, _platter.Length);
    }

    private void TouchRange(long from, long to)
    {
        for (int page = (int)(from / PageSize); (long)page * PageSize < to; page++)
        {
            Touch(page);
        }
    }

    private void Touch(int page)
    {
        if (_platter[page] is null)
        {
            ReadOnlySpan<byte> now = _content.AsSpan(page * PageSize, PageSize);
            // A page beyond every length was never written: it needs no copy, which makes appending cheap.
            _platter[page] = (long)page * PageSize >= Math.Max(_durableLength, Length) ? ZeroPage : now.ToArray();
        }

        // A page that a failed sync has lost differs from the platter too, but becomes dirty again only here.
        if (!_isDirty[page])
        {
            _isDirty[page] = true;
            _dirty.Add(page);
        }
    }
}
