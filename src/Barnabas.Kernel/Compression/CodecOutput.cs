using System.Buffers;

namespace Barnabas.Kernel;

/// <summary>
/// Where a decoder writes: counts what is produced and refuses to go beyond the limit. Spans are asked for in the size
/// of what a decoder can fill at once, never in a size that its input claims.
/// </summary>
public ref struct CodecOutput(IBufferWriter<byte> destination, int limit)
{
    /// <summary>What a stream decoder gets at a time: a block of LZ4 as Kafka's clients write it.</summary>
    public const int Chunk = 64 * 1024;

    /// <summary>Bytes so far.</summary>
    public int Produced { get; private set; } = 0;

    /// <summary>Bytes that may still come.</summary>
    public readonly int Remaining => limit - Produced;

    /// <summary>
    /// Room for the next bytes: one more than may come at most, so that a decoder can run into the limit and show it.
    /// </summary>
    public readonly Span<byte> Next()
    {
        int size = (int)Math.Min(Chunk, Remaining + 1L);
        return destination.GetSpan(size)[..size];
    }

    /// <summary>Room for exactly this many bytes, which the caller knows to be within the limit.</summary>
    public readonly Span<byte> Exactly(int size) => destination.GetSpan(Math.Max(1, size))[..size];

    public void Advance(int count)
    {
        if (count > Remaining)
        {
            throw LimitExceeded(limit);
        }

        destination.Advance(count);
        Produced += count;
    }

    public static CompressionException LimitExceeded(int limit) =>
        new($"The compressed bytes expand to more than {limit} bytes.", limitExceeded: true);
}
