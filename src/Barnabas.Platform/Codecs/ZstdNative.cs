using System.Runtime.InteropServices;

namespace Barnabas.Platform;

/// <summary>The part of zstd.h that is used. All of it is stable since 1.4.</summary>
internal static unsafe partial class ZstdNative
{
    public const int CompressionLevelParameter = 100;
    public const int WindowLogMaxParameter = 100;
    public const int DestinationTooSmall = 70;
    public const ulong ContentSizeUnknown = ulong.MaxValue;
    public const ulong ContentSizeError = ulong.MaxValue - 1;

    private const string Library = "libzstd.so.1";

    [LibraryImport(Library)]
    public static partial nint ZSTD_createCCtx();

    [LibraryImport(Library)]
    public static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_sizeof_CCtx(ZstdCompressor context);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_CCtx_setParameter(ZstdCompressor context, int parameter, int value);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_compress2(
        ZstdCompressor context, byte* destination, nuint capacity, byte* source, nuint length);

    [LibraryImport(Library)]
    public static partial nint ZSTD_createDCtx();

    [LibraryImport(Library)]
    public static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_decompressDCtx(
        ZstdDecompressor context, byte* destination, nuint capacity, byte* source, nuint length);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_DCtx_setParameter(ZstdDecompressor context, int parameter, int value);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_decompressStream(ZstdDecompressor context, ZstdBuffer* output, ZstdBuffer* input);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_findFrameCompressedSize(byte* source, nuint length);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_compressBound(nuint length);

    [LibraryImport(Library)]
    public static partial ulong ZSTD_getFrameContentSize(byte* source, nuint length);

    [LibraryImport(Library)]
    public static partial uint ZSTD_isError(nuint result);

    [LibraryImport(Library)]
    public static partial int ZSTD_getErrorCode(nuint result);

    [LibraryImport(Library)]
    public static partial nint ZSTD_getErrorName(nuint result);

    public static bool Failed(nuint result) => ZSTD_isError(result) != 0;

    public static string Describe(nuint result) =>
        Marshal.PtrToStringUTF8(ZSTD_getErrorName(result)) ?? "unknown error";
}
