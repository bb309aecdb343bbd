namespace Barnabas.Records;

/// <summary>
/// Walks over the batches of a buffer, as a segment or a fetch reply holds them one behind the other, of any magic.
/// Stops at the first that is not whole; <see cref="End"/> then says why. Checksums are not looked at. A <c>foreach</c>
/// walks on a copy: who wants to know how the walk ended calls <see cref="MoveNext"/>.
/// </summary>
public ref struct RecordBatchIterator(ReadOnlySpan<byte> buffer)
{
    private readonly ReadOnlySpan<byte> _buffer = buffer;
    private int _size = 0;

    /// <summary>Where the current batch starts; behind the last whole one when the walk is over.</summary>
    public int Position { get; private set; } = 0;

    /// <summary>
    /// Why the walk ended: <see cref="BatchFrame.Whole"/> as long as it goes on, and when it reached the very end of
    /// the buffer.
    /// </summary>
    public BatchFrame End { get; private set; } = BatchFrame.Whole;

    public readonly RecordBatch Current => new(_buffer.Slice(Position, _size));

    public readonly RecordBatchIterator GetEnumerator() => this;

    public bool MoveNext()
    {
        if (End != BatchFrame.Whole)
        {
            return false;
        }

        Position += _size;
        _size = 0;
        if (Position == _buffer.Length)
        {
            return false;
        }

        End = RecordBatch.Probe(_buffer[Position..], out int size);
        if (End != BatchFrame.Whole)
        {
            return false;
        }

        _size = size;
        return true;
    }
}
