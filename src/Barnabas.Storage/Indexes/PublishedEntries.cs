namespace Barnabas.Storage;

/// <summary>
/// A growing array of one writer whose readers take no lock: they take a <see cref="View"/> and see a consistent
/// prefix, for ever. A field of its owner and never copied: many segments of many partitions have two and no entry.
/// </summary>
/// <remarks>
/// Slots below a count that was once published are never written again within the same array: cutting entries off moves
/// the rest to a new array, growing copies. So a view is immutable although it shares its array with the writer.
/// </remarks>
internal struct PublishedEntries<T>
    where T : struct
{
    private Block _block;

    public PublishedEntries() => _block = Block.Empty;

    public int Count => Volatile.Read(ref _block).Count;

    public ReadOnlySpan<T> View
    {
        get
        {
            Block block = Volatile.Read(ref _block);
            return new ReadOnlySpan<T>(block.Entries, 0, block.Count);
        }
    }

    public void Append(T entry)
    {
        Block block = _block;
        int count = block.Count;
        if (count == block.Entries.Length)
        {
            // 64 entries cover 256 KiB of log: idle and small partitions stay small.
            var grown = new T[Math.Max(64, count * 2)];
            Array.Copy(block.Entries, grown, count);
            block = new Block(grown) { Count = count };
            Volatile.Write(ref _block, block);
        }

        block.Entries[count] = entry;
        block.Count = count + 1;
    }

    /// <summary>Keeps the first <paramref name="count"/> entries.</summary>
    public void Truncate(int count)
    {
        Block block = _block;
        if (count < block.Count)
        {
            Volatile.Write(ref _block, new Block(block.Entries[..count]) { Count = count });
        }
    }

    /// <summary>Replaces everything.</summary>
    public void Assign(T[] entries) => Volatile.Write(ref _block, new Block(entries) { Count = entries.Length });

    private sealed class Block(T[] entries)
    {
        private int _count;

        public static Block Empty { get; } = new([]);

        public T[] Entries { get; } = entries;

        public int Count
        {
            get => Volatile.Read(ref _count);
            set => Volatile.Write(ref _count, value);
        }
    }
}
