using System.Runtime.InteropServices;

namespace Barnabas.Platform;

/// <summary>The part of lz4frame.h that is used.</summary>
internal static unsafe partial class Lz4Native
{
    public const uint Version = 100;
    public const int BlockSize64KiB = 4;
    public const int BlocksIndependent = 1;

    private const string Library = "liblz4.so.1";

    [LibraryImport(Library)]
    public static partial nuint LZ4F_createDecompressionContext(nint* context, uint version);

    [LibraryImport(Library)]
    public static partial nuint LZ4F_freeDecompressionContext(nint context);

    [LibraryImport(Library)]
    public static partial void LZ4F_resetDecompressionContext(Lz4Decompressor context);

    [LibraryImport(Library)]
    public static partial nuint LZ4F_decompress(
        Lz4Decompressor context, byte* destination, nuint* written, byte* source, nuint* read, void* options);

    [LibraryImport(Library)]
    public static partial nuint LZ4F_compressFrameBound(nuint length, Lz4Preferences* preferences);

    [LibraryImport(Library)]
    public static partial nuint LZ4F_compressFrame(
        byte* destination, nuint capacity, byte* source, nuint length, Lz4Preferences* preferences);

    [LibraryImport(Library)]
    public static partial uint LZ4F_isError(nuint result);

    [LibraryImport(Library)]
    public static partial nint LZ4F_getErrorName(nuint result);

    public static bool Failed(nuint result) => LZ4F_isError(result) != 0;

    public static string Describe(nuint result) =>
        Marshal.PtrToStringUTF8(LZ4F_getErrorName(result)) ?? "unknown error";
}
