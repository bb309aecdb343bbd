using System.Runtime.InteropServices;

namespace Barnabas.Platform;

/// <summary>LZ4F_preferences_t, field for field. Zero means the library's default throughout.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Lz4Preferences
{
    public int BlockSize;
    public int BlockMode;
    public int ContentChecksum;
    public int FrameType;
    public ulong ContentSize;
    public uint DictionaryId;
    public int BlockChecksum;
    public int CompressionLevel;
    public uint AutoFlush;
    public uint FavorDecompressionSpeed;
    private readonly uint _reserved1;
    private readonly uint _reserved2;
    private readonly uint _reserved3;
}
