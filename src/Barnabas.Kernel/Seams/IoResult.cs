namespace Barnabas.Kernel;

/// <summary>How a non-blocking call ended, and how many bytes it moved (0 unless
/// <see cref="IoStatus.Done"/>).</summary>
public readonly record struct IoResult(IoStatus Status, int Count)
{
    public static IoResult WouldBlock => new(IoStatus.WouldBlock, 0);

    public static IoResult Closed => new(IoStatus.Closed, 0);

    public static IoResult Done(int count) => new(IoStatus.Done, count);
}
