namespace Barnabas.Kernel;

/// <summary>
/// Several numbers that only grow and are counted together, by index; smaller than as many <see cref="Counter"/>s. From
/// any thread.
/// </summary>
public sealed class CounterGroup(int width)
{
    private readonly ShardedCells _cells = new(width);

    public int Width { get; } = width;

    /// <summary>The sum at some moment during the call.</summary>
    public long this[int index] => _cells.Sum(index);

    public void Add(int index, long amount) => Interlocked.Add(ref _cells[index], amount);
}
