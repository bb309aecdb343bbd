using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Barnabas.Kernel;

namespace Barnabas.Protocol;

public ref partial struct KafkaReader
{
    /// <summary>
    /// The count before an array, or -1 for null. A count is refused unless it is at most
    /// <see cref="MaxArrayCount"/>, count × <paramref name="minimumSize"/> ≤ <see cref="Remaining"/>, and
    /// count × <paramref name="heapSize"/> can be charged.
    /// </summary>
    /// <param name="minimumSize">The fewest bytes an element takes on the wire, at least 1.</param>
    /// <param name="heapSize">About what an element takes in managed memory.</param>
    public int ReadCount(bool compact, bool nullable, int minimumSize, int heapSize)
    {
        int count = compact ? ReadUnsignedVarint() - 1 : ReadInt32();
        if (Failed || IsNull(count, nullable))
        {
            return -1;
        }

        if (count > MaxArrayCount || (long)count * minimumSize > Remaining || !Charge((long)count * heapSize))
        {
            Fail();
            return -1;
        }

        return count;
    }

    /// <summary>Empties the list, makes room and returns how many elements to add.</summary>
    public int BeginList<T>(List<T> list, bool compact, int minimumSize, int heapSize)
    {
        int count = ReadCount(compact, nullable: false, minimumSize, heapSize);
        list.Clear();
        if (count > 0)
        {
            list.EnsureCapacity(Math.Min(count, LargestFirstCapacity));
        }

        return Math.Max(count, 0);
    }

    /// <summary>
    /// As <see cref="BeginList"/> for an array that may be null: then the list is null and nothing is left.
    /// </summary>
    public List<T>? BeginNullableList<T>(bool compact, bool nullable, int minimumSize, int heapSize, out int left)
    {
        int count = ReadCount(compact, nullable, minimumSize, heapSize);
        left = Math.Max(count, 0);
        return count < 0 ? null : new List<T>(Math.Min(count, LargestFirstCapacity));
    }

    public void ReadStringList(List<string> list, bool compact)
    {
        for (int left = BeginList(list, compact, compact ? 1 : 2, 8); left > 0 && !Failed; left--)
        {
            list.Add(ReadString(compact));
        }
    }

    public List<string>? ReadNullableStringList(bool compact, bool nullable)
    {
        List<string>? list = BeginNullableList<string>(compact, nullable, compact ? 1 : 2, 8, out int left);
        for (; left > 0 && !Failed; left--)
        {
            list!.Add(ReadString(compact));
        }

        return list;
    }

    public void ReadInt8List(List<sbyte> list, bool compact) =>
        FillInt8(list, ReadCount(compact, false, sizeof(sbyte), sizeof(sbyte)));

    public List<sbyte>? ReadNullableInt8List(bool compact, bool nullable)
    {
        int count = ReadCount(compact, nullable, sizeof(sbyte), sizeof(sbyte));
        return count < 0 ? null : FillInt8([], count);
    }

    public void ReadInt16List(List<short> list, bool compact) =>
        FillInt16(list, ReadCount(compact, false, sizeof(short), sizeof(short)));

    public List<short>? ReadNullableInt16List(bool compact, bool nullable)
    {
        int count = ReadCount(compact, nullable, sizeof(short), sizeof(short));
        return count < 0 ? null : FillInt16([], count);
    }

    public void ReadInt32List(List<int> list, bool compact) =>
        FillInt32(list, ReadCount(compact, false, sizeof(int), sizeof(int)));

    public List<int>? ReadNullableInt32List(bool compact, bool nullable)
    {
        int count = ReadCount(compact, nullable, sizeof(int), sizeof(int));
        return count < 0 ? null : FillInt32([], count);
    }

    public void ReadInt64List(List<long> list, bool compact) =>
        FillInt64(list, ReadCount(compact, false, sizeof(long), sizeof(long)));

    public List<long>? ReadNullableInt64List(bool compact, bool nullable)
    {
        int count = ReadCount(compact, nullable, sizeof(long), sizeof(long));
        return count < 0 ? null : FillInt64([], count);
    }

    public void ReadUuidList(List<Uuid> list, bool compact) =>
        FillUuid(list, ReadCount(compact, false, Uuid.Size, Uuid.Size));

    public List<Uuid>? ReadNullableUuidList(bool compact, bool nullable)
    {
        int count = ReadCount(compact, nullable, Uuid.Size, Uuid.Size);
        return count < 0 ? null : FillUuid([], count);
    }

    // The elements below have a fixed size, so the count was held against the bytes exactly: all of them are there.
    private List<sbyte> FillInt8(List<sbyte> list, int count)
    {
        CollectionsMarshal.SetCount(list, Math.Max(count, 0));
        MemoryMarshal.Cast<byte, sbyte>(Take(list.Count)).CopyTo(CollectionsMarshal.AsSpan(list));
        return list;
    }

    private List<short> FillInt16(List<short> list, int count)
    {
        CollectionsMarshal.SetCount(list, Math.Max(count, 0));
        Span<short> target = CollectionsMarshal.AsSpan(list);
        BinaryPrimitives.ReverseEndianness(
            MemoryMarshal.Cast<byte, short>(Take(target.Length * sizeof(short))), target);
        return list;
    }

    private List<int> FillInt32(List<int> list, int count)
    {
        CollectionsMarshal.SetCount(list, Math.Max(count, 0));
        Span<int> target = CollectionsMarshal.AsSpan(list);
        BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, int>(Take(target.Length * sizeof(int))), target);
        return list;
    }

    private List<long> FillInt64(List<long> list, int count)
    {
        CollectionsMarshal.SetCount(list, Math.Max(count, 0));
        Span<long> target = CollectionsMarshal.AsSpan(list);
        BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, long>(Take(target.Length * sizeof(long))), target);
        return list;
    }

    private List<Uuid> FillUuid(List<Uuid> list, int count)
    {
        CollectionsMarshal.SetCount(list, Math.Max(count, 0));
        foreach (ref Uuid id in CollectionsMarshal.AsSpan(list))
        {
            id = ReadUuid();
        }

        return list;
    }
}
