using System.Numerics;

namespace Barnabas.Kernel;

/// <summary>Numbers that are kept several times over, so that threads add without sharing cache lines.</summary>
internal sealed class ShardedCells
{
    // Two lines of 64 bytes: processors fetch lines in pairs.
    private const int PaddingCells = 16;

    // More shards than this would cost more memory and summing than the rare collision costs.
    private const int ShardsMax = 16;

    private readonly long[] _cells;
    private readonly int _mask;
    private readonly int _stride;

    public ShardedCells(int width)
    {
        int shards = (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount), ShardsMax);
        _mask = shards - 1;
        _stride = ((width + PaddingCells - 1) / PaddingCells * PaddingCells) + PaddingCells;
        _cells = new long[shards * _stride];
    }

    /// <summary>The cell of this index in the shard of this thread.</summary>
    public ref long this[int index] => ref _cells[((Environment.CurrentManagedThreadId & _mask) * _stride) + index];

    public long Sum(int index)
    {
        long sum = 0;
        for (int cell = index; cell < _cells.Length; cell += _stride)
        {
            sum += Volatile.Read(ref _cells[cell]);
        }

        return sum;
    }
}
