using System.Text;
using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>A header of a record that is to be written (KIP-82).</summary>
/// <param name="Key">UTF-8; may be empty and may repeat, but is never null.</param>
/// <param name="Value">May be null.</param>
public readonly record struct RecordHeader(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? Value)
{
    public RecordHeader(string key, ReadOnlyMemory<byte>? value)
        : this(Encoding.UTF8.GetBytes(key), value)
    {
    }

    internal int ValueLength => Value?.Length ?? -1;

    internal int Size =>
        Varint.SizeOfSigned(Key.Length) + Key.Length
        + Varint.SizeOfSigned(ValueLength) + Math.Max(0, ValueLength);
}
