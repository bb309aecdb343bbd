using System.Runtime.InteropServices;

namespace Barnabas.Platform;

/// <summary>ZSTD_inBuffer and ZSTD_outBuffer, which are the same field for field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZstdBuffer
{
    public byte* Bytes;
    public nuint Size;
    public nuint Position;
}
