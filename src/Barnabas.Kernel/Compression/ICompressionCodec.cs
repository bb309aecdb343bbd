using System.Buffers;

namespace Barnabas.Kernel;

/// <summary>
/// One of Kafka's codecs in Kafka's framing (snappy: the xerial stream with raw blocks accepted on read; lz4: the frame
/// format). From any thread.
/// </summary>
public interface ICompressionCodec
{
    CompressionType Type { get; }

    /// <summary>
    /// Appends the compressed form. <paramref name="level"/> is the codec's own; null takes Kafka's default.
    /// </summary>
    void Compress(ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int? level = null);

    /// <summary>
    /// Appends the original bytes. Throws <see cref="CompressionException"/> if the input is damaged, or once it has
    /// grown beyond <paramref name="limit"/> bytes: the output's memory grows with what is produced, never with a size
    /// that the input claims.
    /// </summary>
    /// <param name="wholeBytesMax">
    /// Output that is larger is asked for in pieces, as far as the format allows it: for who looks at bytes as they
    /// come.
    /// </param>
    void Decompress(
        ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int limit, int wholeBytesMax = int.MaxValue);
}
