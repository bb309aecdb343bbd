using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// The four codecs of Kafka. Zstandard, LZ4 and snappy are the reference C libraries: linked into the native binary,
/// loaded from the system otherwise. Gzip is the Kernel's.
/// </summary>
public static class NativeCodecs
{
    /// <summary>
    /// All four. A library that is absent shows itself at the first use of its codec, as <see
    /// cref="DllNotFoundException"/>; <see cref="Create"/> probes for that, so that a node learns of it as it starts.
    /// </summary>
    public static CompressionCodecs Create()
    {
        ICompressionCodec[] codecs = [new GzipCodec(), new SnappyCodec(), new Lz4Codec(), new ZstdCodec()];
        var probe = new System.Buffers.ArrayBufferWriter<byte>();
        foreach (ICompressionCodec codec in codecs)
        {
            codec.Compress("probe"u8, probe);
        }

        return new CompressionCodecs(codecs);
    }
}
