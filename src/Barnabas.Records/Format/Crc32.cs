namespace Barnabas.Records;

/// <summary>
/// The checksum of magic 0 and 1 (the one of zip and Ethernet). Only segments of upgraded clusters still hold it, so
/// four bytes a step are fast enough.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] Table = BuildTable();

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint state = ~0u;
        while (bytes.Length >= 4)
        {
            state ^= System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            state = Table[768 + (byte)state]
                ^ Table[512 + (byte)(state >> 8)]
                ^ Table[256 + (byte)(state >> 16)]
                ^ Table[state >> 24];
            bytes = bytes[4..];
        }

        foreach (byte value in bytes)
        {
            state = Table[(byte)(state ^ value)] ^ (state >> 8);
        }

        return ~state;
    }

    /// <summary>Row k holds what a byte becomes after k further zero bytes.</summary>
    private static uint[] BuildTable()
    {
        uint[] table = new uint[4 * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint state = value;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state >> 1) ^ ((state & 1) * Polynomial);
            }

            table[value] = state;
        }

        for (int i = 256; i < table.Length; i++)
        {
            table[i] = table[(byte)table[i - 256]] ^ (table[i - 256] >> 8);
        }

        return table;
    }
}
