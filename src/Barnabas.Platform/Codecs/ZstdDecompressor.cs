using Microsoft.Win32.SafeHandles;

namespace Barnabas.Platform;

/// <summary>A decompression context of Zstandard.</summary>
internal sealed class ZstdDecompressor : SafeHandleZeroOrMinusOneIsInvalid
{
    public ZstdDecompressor()
        : base(ownsHandle: true)
    {
        SetHandle(ZstdNative.ZSTD_createDCtx());
        if (IsInvalid)
        {
            throw new InsufficientMemoryException("Zstandard could not allocate a context.");
        }
    }

    protected override bool ReleaseHandle() => ZstdNative.ZSTD_freeDCtx(handle) == 0;
}
