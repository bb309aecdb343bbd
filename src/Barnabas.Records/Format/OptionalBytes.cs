namespace Barnabas.Records;

/// <summary>Bytes of a record, or null: for a key or a value the two differ (a null value deletes).</summary>
public readonly ref struct OptionalBytes
{
    private readonly bool _present;

    public OptionalBytes(ReadOnlySpan<byte> bytes)
    {
        Span = bytes;
        _present = true;
    }

    /// <summary>No bytes, which is not the same as zero bytes.</summary>
    public static OptionalBytes Null => default;

    public bool IsNull => !_present;

    /// <summary>Empty if null.</summary>
    public ReadOnlySpan<byte> Span { get; }

    /// <summary>-1 if null, as records write it.</summary>
    public int Length => _present ? Span.Length : -1;

    public static implicit operator OptionalBytes(ReadOnlySpan<byte> bytes) => new(bytes);

    public static implicit operator OptionalBytes(Span<byte> bytes) => new(bytes);

    public static implicit operator OptionalBytes(byte[]? bytes) => bytes is null ? Null : new(bytes);

    /// <summary>A copy, or null.</summary>
    public byte[]? ToArray() => _present ? Span.ToArray() : null;
}
