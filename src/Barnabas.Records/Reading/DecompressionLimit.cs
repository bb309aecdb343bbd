namespace Barnabas.Records;

/// <summary>
/// How large the records of a compressed batch may become. Apache Kafka sets no bound: 194 kB of gzip that hold 200 MB
/// are stored and handed to every consumer. The ratio alone would refuse honest small batches of repeated text, a size
/// alone honest large ones, so a batch must exceed both to be refused.
/// </summary>
/// <param name="Bytes">A batch may always grow to this size.</param>
/// <param name="Ratio">A batch may always grow to this multiple of its compressed size.</param>
public readonly record struct DecompressionLimit(int Bytes, int Ratio)
{
    /// <summary>64 MiB, or 100 times the compressed size if that is more.</summary>
    public static DecompressionLimit Default => new(64 * 1024 * 1024, 100);

    // Room for a decoder to run a little beyond the limit, which is how it is seen.
    private const int Largest = int.MaxValue - (2 * 1024 * 1024);

    /// <summary>As Apache Kafka has it: only the size of the largest array is left.</summary>
    public static DecompressionLimit Off => new(Largest, 0);

    /// <summary>The bound for a batch of this many compressed bytes.</summary>
    public int For(int compressedBytes) =>
        (int)Math.Min(Largest, Math.Max(Bytes, (long)compressedBytes * Ratio));
}
