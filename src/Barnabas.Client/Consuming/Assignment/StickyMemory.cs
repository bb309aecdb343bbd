using System.Buffers.Binary;
using System.Text;
using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// The user data of the sticky assignor, version 1: an array of (topic, array of partitions), then the generation. Data
/// of the older version ends before the generation.
/// </summary>
internal static class StickyMemory
{
    public static byte[] Write(IReadOnlyCollection<TopicPartition> owned, int generation)
    {
        SortedDictionary<string, List<int>> byTopic = new(StringComparer.Ordinal);
        foreach (TopicPartition partition in owned)
        {
            if (!byTopic.TryGetValue(partition.Topic, out List<int>? list))
            {
                byTopic.Add(partition.Topic, list = []);
            }

            list.Add(partition.Partition);
        }

        using MemoryStream stream = new();
        Span<byte> number = stackalloc byte[sizeof(int)];
        WriteInt32(stream, number, byTopic.Count);
        foreach ((string topic, List<int> partitions) in byTopic)
        {
            byte[] name = Encoding.UTF8.GetBytes(topic);
            BinaryPrimitives.WriteInt16BigEndian(number, (short)name.Length);
            stream.Write(number[..sizeof(short)]);
            stream.Write(name);
            WriteInt32(stream, number, partitions.Count);
            partitions.Sort();
            foreach (int partition in partitions)
            {
                WriteInt32(stream, number, partition);
            }
        }

        WriteInt32(stream, number, generation);
        return stream.ToArray();
    }

    /// <summary>False if the bytes are not of this form; they come from another member and may be anything.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out List<TopicPartition> owned, out int generation)
    {
        owned = [];
        generation = -1;
        if (!TryInt32(ref data, out int topics))
        {
            return false;
        }

        for (int i = 0; i < topics; i++)
        {
            if (data.Length < sizeof(short))
            {
                return false;
            }

            int length = BinaryPrimitives.ReadInt16BigEndian(data);
            data = data[sizeof(short)..];
            if (length < 0 || length > data.Length)
            {
                return false;
            }

            string topic = Encoding.UTF8.GetString(data[..length]);
            data = data[length..];
            if (!TryInt32(ref data, out int partitions) || partitions < 0 || partitions > data.Length / sizeof(int))
            {
                return false;
            }

            for (int p = 0; p < partitions; p++)
            {
                TryInt32(ref data, out int partition);
                if (partition < 0)
                {
                    return false;
                }

                owned.Add(new TopicPartition(topic, partition));
            }
        }

        if (TryInt32(ref data, out int known))
        {
            generation = known;
        }

        return true;
    }

    private static void WriteInt32(MemoryStream stream, Span<byte> scratch, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(scratch, value);
        stream.Write(scratch[..sizeof(int)]);
    }

    private static bool TryInt32(ref ReadOnlySpan<byte> data, out int value)
    {
        if (data.Length < sizeof(int))
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadInt32BigEndian(data);
        data = data[sizeof(int)..];
        return true;
    }
}
