using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Barnabas.Kernel;

/// <summary>
/// Gzip, by the runtime's own zlib, and so the one codec that needs no native library. The runtime offers it as a
/// stream only: each batch makes some small objects, unlike with the other codecs.
/// </summary>
public sealed class GzipCodec : ICompressionCodec
{
    /// <summary>Kafka's default of <c>compression.gzip.level</c>, zlib's own choice; allowed are also 1 to 9.</summary>
    public const int DefaultLevel = -1;

    private const int MaxLevel = 9;

    // The header and the trailer alone.
    private const int MinimumSize = 18;

    public CompressionType Type => CompressionType.Gzip;

    public void Compress(ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int? level = null)
    {
        var options = new ZLibCompressionOptions
        {
            CompressionLevel = Math.Clamp(level ?? DefaultLevel, DefaultLevel, MaxLevel),
        };
        using var gzip = new GZipStream(new BufferWriterStream(destination), options);
        gzip.Write(source);
    }

    public void Decompress(
        ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int limit, int wholeBytesMax = int.MaxValue)
    {
        if (source.Length < MinimumSize)
        {
            throw new CompressionException("The gzip stream is too short.");
        }

        // A stream cannot read a span. The copy is of compressed bytes, which cost a hundred times more to expand.
        byte[] copy = ArrayPool<byte>.Shared.Rent(source.Length);
        try
        {
            source.CopyTo(copy);
            using var gzip = new GZipStream(
                new MemoryStream(copy, 0, source.Length, writable: false), CompressionMode.Decompress);
            var output = new CodecOutput(destination, limit);
            Expand(gzip, ref output);
            CheckEnd(source, output.Produced);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private static void Expand(GZipStream gzip, ref CodecOutput output)
    {
        while (true)
        {
            int read;
            try
            {
                read = gzip.Read(output.Next());
            }
            catch (InvalidDataException damage)
            {
                throw new CompressionException($"The gzip stream is damaged: {damage.Message}");
            }

            if (read == 0)
            {
                return;
            }

            output.Advance(read);
        }
    }

    // The runtime takes the end of its input for the end of the stream. Only the size at the very end of a whole one
    // tells a cut; it leaves no room for a second stream behind the first, which no client of Kafka writes.
    private static void CheckEnd(ReadOnlySpan<byte> source, int produced)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[^sizeof(uint)..]) != (uint)produced)
        {
            throw new CompressionException("The gzip stream is cut, or followed by something else.");
        }
    }
}
