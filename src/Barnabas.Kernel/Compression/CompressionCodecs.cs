namespace Barnabas.Kernel;

/// <summary>The codecs a node has, by type. Immutable; from any thread.</summary>
public sealed class CompressionCodecs
{
    private readonly ICompressionCodec?[] _byType = new ICompressionCodec?[8];

    public CompressionCodecs(params ReadOnlySpan<ICompressionCodec> codecs)
    {
        foreach (ICompressionCodec codec in codecs)
        {
            _byType[(int)codec.Type] = codec;
        }
    }

    /// <summary>
    /// Null for <see cref="CompressionType.None"/>, for a codec this node lacks, and for unknown numbers.
    /// </summary>
    public ICompressionCodec? Find(CompressionType type) => (int)type < _byType.Length ? _byType[(int)type] : null;
}
