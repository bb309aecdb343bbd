using System.Runtime.InteropServices;

namespace Barnabas.Platform;

/// <summary><c>struct flock</c> of 64-bit Linux. All zeros but the type means the whole file.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileLock
{
    public short Type;
    public short Whence;
    public long Start;
    public long Length;
    public int ProcessId;
}
