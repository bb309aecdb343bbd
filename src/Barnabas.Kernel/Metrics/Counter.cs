namespace Barnabas.Kernel;

/// <summary>
/// A number that only grows: messages, bytes, connections. Counting allocates nothing and threads hardly disturb each
/// other, because each adds to a cell of its own as long as there are not more threads than cells. From any thread.
/// </summary>
public sealed class Counter
{
    private readonly ShardedCells _cells = new(width: 1);

    /// <summary>The sum at some moment during the call.</summary>
    public long Value => _cells.Sum(0);

    public void Increment() => Add(1);

    public void Add(long amount) => Interlocked.Add(ref _cells[0], amount);
}
