using System.Buffers;

namespace Barnabas.Records;

/// <summary>
/// Where a codec writes the records of a batch that is only to be looked at. Up to <paramref name="bytes"/> they stay
/// whole in <paramref name="buffer"/>; a batch of more is looked at piece by piece, and each piece makes room for the
/// next. What a codec must have in one piece, it gets.
/// </summary>
internal sealed class RecordWindow(GrowableBuffer buffer, int bytes) : IBufferWriter<byte>
{
    private readonly RecordStream _stream = new();

    /// <summary>True once the records are no longer whole in the buffer.</summary>
    public bool IsPassing { get; private set; }

    public RecordFindings Findings => _stream.Findings;

    public void Begin(RecordBatch batch, in RecordFindings findings)
    {
        IsPassing = false;
        _stream.Begin(batch, findings);
    }

    public void Advance(int count) => buffer.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return buffer.GetMemory(sizeHint);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return buffer.GetSpan(sizeHint);
    }

    /// <summary>Looks at the last piece.</summary>
    public RecordFault End()
    {
        Pass();
        return _stream.End(untaken: buffer.Length);
    }

    private void MakeRoom(int sizeHint)
    {
        if (buffer.Length > bytes - Math.Max(1, sizeHint))
        {
            Pass();
        }
    }

    private void Pass()
    {
        IsPassing = true;
        buffer.RemoveFirst(_stream.Take(buffer.Written));
    }
}
