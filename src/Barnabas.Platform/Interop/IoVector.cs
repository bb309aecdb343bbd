using System.Runtime.InteropServices;

namespace Barnabas.Platform;

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Start;
    public nuint Count;
}
