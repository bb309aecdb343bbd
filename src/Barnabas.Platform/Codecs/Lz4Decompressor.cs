using Microsoft.Win32.SafeHandles;

namespace Barnabas.Platform;

/// <summary>A decompression context of LZ4 frames.</summary>
internal sealed unsafe class Lz4Decompressor : SafeHandleZeroOrMinusOneIsInvalid
{
    public Lz4Decompressor()
        : base(ownsHandle: true)
    {
        nint context = 0;
        Lz4Native.LZ4F_createDecompressionContext(&context, Lz4Native.Version);
        SetHandle(context);
        if (IsInvalid)
        {
            throw new InsufficientMemoryException("LZ4 could not allocate a context.");
        }
    }

    protected override bool ReleaseHandle() => Lz4Native.LZ4F_freeDecompressionContext(handle) == 0;
}
