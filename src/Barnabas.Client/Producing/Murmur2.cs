using System.Buffers.Binary;

namespace Barnabas.Client;

/// <summary>
/// The 32-bit MurmurHash2 with the seed that Kafka's clients share. Keys must meet in the same partition whichever
/// client wrote them, so every bit counts.
/// </summary>
internal static class Murmur2
{
    private const uint Multiplier = 0x5bd1e995;
    private const uint Seed = 0x9747b28c;

    public static int Hash(ReadOnlySpan<byte> data)
    {
        uint hash = Seed ^ (uint)data.Length;
        while (data.Length >= sizeof(uint))
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(data) * Multiplier;
            word = (word ^ (word >> 24)) * Multiplier;
            hash = (hash * Multiplier) ^ word;
            data = data[sizeof(uint)..];
        }

        if (data.Length > 0)
        {
            uint tail = data[0];
            tail |= data.Length > 1 ? (uint)data[1] << 8 : 0;
            tail |= data.Length > 2 ? (uint)data[2] << 16 : 0;
            hash = (hash ^ tail) * Multiplier;
        }

        hash = (hash ^ (hash >> 13)) * Multiplier;
        return (int)(hash ^ (hash >> 15));
    }

    /// <summary>The partition of a key: the hash without its sign bit, modulo the number of partitions.</summary>
    public static int Partition(ReadOnlySpan<byte> key, int partitions) => (Hash(key) & int.MaxValue) % partitions;
}
