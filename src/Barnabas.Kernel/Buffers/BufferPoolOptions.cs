namespace Barnabas.Kernel;

/// <summary>The limits of a <see cref="BufferPool"/>, in bytes.</summary>
public sealed record BufferPoolOptions
{
    /// <summary>
    /// Most bytes that may exist at once, rented and idle together; beyond it <see cref="BufferPool.TryRent"/> fails.
    /// Default 128 MiB.
    /// </summary>
    public long LimitBytes { get; init; } = 128L << 20;

    /// <summary>
    /// Most bytes kept for the next renter; what is returned beyond it goes to the garbage collector, so that one burst
    /// of large requests does not stay in memory for ever. Default 32 MiB.
    /// </summary>
    public long IdleBytesMax { get; init; } = 32L << 20;

    /// <summary>The largest buffer that can be rented; a power of two. Default 128 MiB.</summary>
    public int BufferBytesMax { get; init; } = 128 << 20;

    /// <summary>Remembers who holds what, so that <see cref="BufferPool.Outstanding"/> can name a leak. For
    /// tests.</summary>
    public bool TrackLeases { get; init; }
}
