using Microsoft.Win32.SafeHandles;

namespace Barnabas.Platform;

/// <summary>A compression context of Zstandard.</summary>
internal sealed class ZstdCompressor : SafeHandleZeroOrMinusOneIsInvalid
{
    public ZstdCompressor()
        : base(ownsHandle: true)
    {
        SetHandle(ZstdNative.ZSTD_createCCtx());
        if (IsInvalid)
        {
            throw new InsufficientMemoryException("Zstandard could not allocate a context.");
        }
    }

    protected override bool ReleaseHandle() => ZstdNative.ZSTD_freeCCtx(handle) == 0;
}
