using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// Gzip, by the runtime's own zlib. The runtime offers it as a stream only: each batch makes some small objects, unlike
/// with the other codecs.
/// </summary>
internal sealed unsafe class GzipCodec : ICompressionCodec
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

    public void Decompress(ReadOnlySpan<byte> source, IBufferWriter<byte> destination, int limit)
    {
        if (source.Length < MinimumSize)
        {
            throw new CompressionException("The gzip stream is too short.");
        }

        var output = new CodecOutput(destination, limit);
        fixed (byte* from = source)
        {
            using var input = new UnmanagedMemoryStream(from, source.Length);
            using var gzip = new GZipStream(input, CompressionMode.Decompress);
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
                    break;
                }

                output.Advance(read);
            }
        }

        // The runtime takes the end of its input for the end of the stream. Only the size at the very end of a whole
        // one tells a cut; it leaves no room for a second stream behind the first, which no client of Kafka writes.
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[^sizeof(uint)..]) != (uint)output.Produced)
        {
            throw new CompressionException("The gzip stream is cut, or followed by something else.");
        }
    }
}
