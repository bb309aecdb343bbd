using System.Buffers.Binary;

using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The aborted transactions whose markers lie in one segment, in Kafka's <c>.txnindex</c>: 34 bytes each, a version of
/// 16 bits and four numbers of 64. Segments without any have neither this object nor the file. It stays on the disk and
/// is opened where it is needed. One writer, any readers; <see cref="Sync"/> from any thread.
/// </summary>
/// <remarks>Invariant: entries rise strictly in <see cref="AbortedTransaction.LastOffset"/>.</remarks>
internal sealed class TransactionIndex(IDisk disk, string directory, Offset baseOffset)
{
    public const int EntrySize = 34;

    private const short Version = 0;
    private const int BufferSize = 120 * EntrySize;

    private readonly string _path =
        SegmentFileNames.PathOf(directory, baseOffset, SegmentFileNames.TransactionIndex);

    private int _count;
    private Offset _lastOffset = Offset.None;
    private volatile bool _isNameNew;
    private volatile bool _isChanged;

    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Reads the file once. False if it cannot be what this segment's markers say, which all lie below
    /// <paramref name="end"/>: it must be rebuilt from the log.
    /// </summary>
    public bool TryLoad(Offset end)
    {
        using IDiskFile file = disk.Open(_path, FileOpening.Read);
        long length = file.Length;
        if (length % EntrySize != 0 || length / EntrySize > int.MaxValue)
        {
            return false;
        }

        Span<byte> buffer = stackalloc byte[BufferSize];
        Offset last = Offset.None;
        for (long position = 0; position < length;)
        {
            int read = WholeEntries(file.Read(buffer, position));
            for (int at = 0; at < read; at += EntrySize)
            {
                AbortedTransaction entry = ReadEntry(buffer[at..], out short version);
                if (version != Version
                    || entry.LastOffset < baseOffset
                    || entry.LastOffset >= end
                    || entry.LastOffset <= last
                    || entry.FirstOffset > entry.LastOffset)
                {
                    return false;
                }

                last = entry.LastOffset;
            }

            if (read == 0)
            {
                return false;
            }

            position += read;
        }

        _lastOffset = last;
        _count = (int)(length / EntrySize);
        return true;
    }

    /// <summary>
    /// The file, open, with room for so many more entries: that the disk is full shows here, before the markers that
    /// the entries tell of are written.
    /// </summary>
    public IDiskFile OpenToAppend(int entries)
    {
        bool isNew = !disk.FileExists(_path);
        IDiskFile file = disk.Open(_path, FileOpening.CreateOrKeep);
        _isNameNew |= isNew;
        try
        {
            file.Reserve(PositionOf(_count + entries));
            return file;
        }
        catch (DiskException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>True if a replay that comes by this marker need not enter it.</summary>
    public bool HasPassed(in AbortedTransaction entry) => entry.LastOffset <= _lastOffset;

    /// <summary>Enters a transaction. The file is what <see cref="OpenToAppend"/> gave.</summary>
    public void Append(IDiskFile file, in AbortedTransaction entry)
    {
        Invariant.That(entry.LastOffset > _lastOffset);
        Span<byte> slot = stackalloc byte[EntrySize];
        WriteEntry(slot, entry);
        file.Write(slot, PositionOf(_count));
        _lastOffset = entry.LastOffset;
        Volatile.Write(ref _count, _count + 1);
        _isChanged = true;
    }

    /// <summary>Forgets what was aborted by markers at or behind an offset; they have been cut off.</summary>
    public void TruncateTo(Offset offset)
    {
        if (_lastOffset < offset)
        {
            return;
        }

        using IDiskFile file = disk.Open(_path, FileOpening.ReadWrite);
        int count = CountBelow(file, _count, offset);
        SetCount(file, count, count == 0 ? Offset.None : EntryAt(file, count - 1)!.Value.LastOffset);
    }

    /// <summary>Forgets everything: the file is not to be believed.</summary>
    public void Reset()
    {
        using IDiskFile file = disk.Open(_path, FileOpening.ReadWrite);
        SetCount(file, 0, Offset.None);
    }

    /// <summary>
    /// Adds those that concern records in [<paramref name="from"/>, <paramref name="limit"/>). True if no later segment
    /// can have more of them. Allocates only for what it finds.
    /// </summary>
    public bool Collect(Offset from, Offset limit, ref List<AbortedTransaction>? found)
    {
        int count = Count;
        if (count == 0)
        {
            return false;
        }

        using IDiskFile file = disk.Open(_path, FileOpening.Read);
        Span<byte> buffer = stackalloc byte[BufferSize];
        long end = PositionOf(count);
        for (long position = PositionOf(CountBelow(file, count, from)); position < end;)
        {
            // Fewer only if the log is being cut off here: then what was cut concerns nobody.
            int read = WholeEntries(file.Read(buffer[..(int)Math.Min(BufferSize, end - position)], position));
            for (int at = 0; at < read; at += EntrySize)
            {
                AbortedTransaction entry = ReadEntry(buffer[at..], out _);
                if (entry.FirstOffset < limit)
                {
                    (found ??= []).Add(entry);
                }

                if (entry.LastStableOffset >= limit)
                {
                    return true;
                }
            }

            if (read == 0)
            {
                return false;
            }

            position += read;
        }

        return false;
    }

    /// <summary>Makes the entries durable, and that there is a file.</summary>
    public void Sync()
    {
        if (_isChanged)
        {
            using IDiskFile file = disk.Open(_path, FileOpening.ReadWrite);
            // Cleared first: what changes during the sync is not in it.
            _isChanged = false;
            FinalSync.Run(file);
        }

        if (_isNameNew)
        {
            disk.SyncDirectory(directory);
            _isNameNew = false;
        }
    }

    private static long PositionOf(int entry) => (long)entry * EntrySize;

    private static int WholeEntries(int bytes) => bytes - (bytes % EntrySize);

    // How many entries end below an offset: the index of the first that does not.
    private static int CountBelow(IDiskFile file, int count, Offset offset)
    {
        int low = 0;
        int high = count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (EntryAt(file, middle) is { } entry && entry.LastOffset < offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static AbortedTransaction? EntryAt(IDiskFile file, int index)
    {
        Span<byte> slot = stackalloc byte[EntrySize];
        return file.Read(slot, PositionOf(index)) == EntrySize ? ReadEntry(slot, out _) : null;
    }

    private static AbortedTransaction ReadEntry(ReadOnlySpan<byte> slot, out short version)
    {
        version = BinaryPrimitives.ReadInt16BigEndian(slot);
        return new AbortedTransaction(
            BinaryPrimitives.ReadInt64BigEndian(slot[2..]),
            new Offset(BinaryPrimitives.ReadInt64BigEndian(slot[10..])),
            new Offset(BinaryPrimitives.ReadInt64BigEndian(slot[18..])),
            new Offset(BinaryPrimitives.ReadInt64BigEndian(slot[26..])));
    }

    private static void WriteEntry(Span<byte> slot, in AbortedTransaction entry)
    {
        BinaryPrimitives.WriteInt16BigEndian(slot, Version);
        BinaryPrimitives.WriteInt64BigEndian(slot[2..], entry.ProducerId);
        BinaryPrimitives.WriteInt64BigEndian(slot[10..], entry.FirstOffset.Value);
        BinaryPrimitives.WriteInt64BigEndian(slot[18..], entry.LastOffset.Value);
        BinaryPrimitives.WriteInt64BigEndian(slot[26..], entry.LastStableOffset.Value);
    }

    private void SetCount(IDiskFile file, int count, Offset lastOffset)
    {
        Volatile.Write(ref _count, count);
        _lastOffset = lastOffset;
        file.SetLength(PositionOf(count));
        _isChanged = true;
    }
}
