using System.Runtime.InteropServices;

namespace Barnabas.Platform;

/// <summary>snappy-c.h; a result of 0 means that it worked.</summary>
internal static unsafe partial class SnappyNative
{
    private const string Library = "libsnappy.so.1";

    [LibraryImport(Library)]
    public static partial int snappy_compress(byte* source, nuint length, byte* destination, nuint* written);

    [LibraryImport(Library)]
    public static partial int snappy_uncompress(byte* source, nuint length, byte* destination, nuint* written);

    [LibraryImport(Library)]
    public static partial nuint snappy_max_compressed_length(nuint length);

    [LibraryImport(Library)]
    public static partial int snappy_uncompressed_length(byte* source, nuint length, nuint* result);
}
