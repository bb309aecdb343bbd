using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>The headers of one record, in their order and in place (KIP-82).</summary>
public ref struct RecordHeaderReader
{
    private readonly ReadOnlySpan<byte> _source;
    private int _remaining;
    private int _position;

    internal RecordHeaderReader(ReadOnlySpan<byte> source, int count)
    {
        _source = source;
        _remaining = count;
    }

    /// <summary>UTF-8; may be empty, and may repeat within a record.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    public OptionalBytes Value { get; private set; }

    public readonly RecordHeaderReader Current => this;

    public readonly RecordHeaderReader GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_remaining == 0)
        {
            return false;
        }

        _remaining--;
        Invariant.That(Varint.TryReadSigned(_source, ref _position, out int keyLength));
        Key = _source.Slice(_position, keyLength);
        _position += keyLength;
        Invariant.That(Varint.TryReadSigned(_source, ref _position, out int valueLength));
        Value = valueLength < 0 ? OptionalBytes.Null : _source.Slice(_position, valueLength);
        _position += Math.Max(0, valueLength);
        return true;
    }
}
