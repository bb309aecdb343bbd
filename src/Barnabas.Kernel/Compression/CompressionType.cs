namespace Barnabas.Kernel;

/// <summary>The codec of a record batch: the lowest three bits of its attributes.</summary>
public enum CompressionType : byte
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,

    /// <summary>KIP-110; clients that speak Produce below version 7 or Fetch below version 10 cannot read it.</summary>
    Zstd = 4,
}
