using System.Buffers.Binary;

namespace Barnabas.Cli;

/// <summary>Prints an index of aborted transactions.</summary>
internal static class TransactionIndexDumper
{
    /// <summary>A version of two bytes and four numbers of eight.</summary>
    private const int EntrySize = 34;

    public static void Dump(string file, TextWriter output)
    {
        ReadOnlySpan<byte> rest = File.ReadAllBytes(file);
        while (rest.Length >= EntrySize)
        {
            output.WriteLine(
                $"version: {BinaryPrimitives.ReadInt16BigEndian(rest)}"
                + $" producerId: {BinaryPrimitives.ReadInt64BigEndian(rest[2..])}"
                + $" firstOffset: {BinaryPrimitives.ReadInt64BigEndian(rest[10..])}"
                + $" lastOffset: {BinaryPrimitives.ReadInt64BigEndian(rest[18..])}"
                + $" lastStableOffset: {BinaryPrimitives.ReadInt64BigEndian(rest[26..])}");
            rest = rest[EntrySize..];
        }

        if (rest.Length > 0)
        {
            throw new CommandFailure($"{file}: {rest.Length} bytes behind the last whole entry");
        }
    }
}
