using System.Buffers;
using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>Memory that grows by doubling as bytes are written, and is used again. One user at a time.</summary>
internal sealed class GrowableBuffer(int firstSize) : IBufferWriter<byte>
{
    private byte[] _bytes = [];

    public int Capacity => _bytes.Length;

    public int Length { get; private set; }

    public Span<byte> Written => _bytes.AsSpan(0, Length);

    public Memory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    /// <summary>Forgets what was written, and memory beyond what is to be kept.</summary>
    public void Clear(int retainedBytes = int.MaxValue)
    {
        Length = 0;
        if (_bytes.Length > retainedBytes)
        {
            _bytes = [];
        }
    }

    /// <summary>Forgets the first bytes; those behind them move to the start.</summary>
    public void RemoveFirst(int count)
    {
        Written[count..].CopyTo(_bytes);
        Length -= count;
    }

    public void Advance(int count)
    {
        Invariant.That(count >= 0 && count <= _bytes.Length - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsSpan(Length);
    }

    private void Grow(int sizeHint)
    {
        int needed = checked(Length + Math.Max(1, sizeHint));
        if (needed <= _bytes.Length)
        {
            return;
        }

        int doubled = (int)Math.Min(Array.MaxLength, Math.Max(firstSize, 2L * _bytes.Length));
        byte[] larger = GC.AllocateUninitializedArray<byte>(Math.Max(needed, doubled));
        Written.CopyTo(larger);
        _bytes = larger;
    }
}
