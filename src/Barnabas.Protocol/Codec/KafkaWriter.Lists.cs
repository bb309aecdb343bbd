using System.Runtime.InteropServices;
using Barnabas.Kernel;

namespace Barnabas.Protocol;

/// <content>Arrays of primitives; null lists are written as null.</content>
public ref partial struct KafkaWriter
{
    public void WriteStringList(List<string>? list, bool compact)
    {
        WriteCount(list?.Count ?? -1, compact);
        foreach (string item in CollectionsMarshal.AsSpan(list))
        {
            WriteString(item, compact);
        }
    }

    public void WriteInt8List(List<sbyte>? list, bool compact)
    {
        WriteCount(list?.Count ?? -1, compact);
        WriteRaw(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(list)));
    }

    public void WriteInt16List(List<short>? list, bool compact)
    {
        WriteCount(list?.Count ?? -1, compact);
        foreach (short item in CollectionsMarshal.AsSpan(list))
        {
            WriteInt16(item);
        }
    }

    public void WriteInt32List(List<int>? list, bool compact)
    {
        WriteCount(list?.Count ?? -1, compact);
        foreach (int item in CollectionsMarshal.AsSpan(list))
        {
            WriteInt32(item);
        }
    }

    public void WriteInt64List(List<long>? list, bool compact)
    {
        WriteCount(list?.Count ?? -1, compact);
        foreach (long item in CollectionsMarshal.AsSpan(list))
        {
            WriteInt64(item);
        }
    }

    public void WriteUuidList(List<Uuid>? list, bool compact)
    {
        WriteCount(list?.Count ?? -1, compact);
        foreach (Uuid item in CollectionsMarshal.AsSpan(list))
        {
            WriteUuid(item);
        }
    }
}
