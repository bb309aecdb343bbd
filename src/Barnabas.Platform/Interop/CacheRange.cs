using System.Runtime.InteropServices;

namespace Barnabas.Platform;

/// <summary><c>struct cachestat_range</c> (Linux 6.5).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CacheRange
{
    public ulong Position;
    public ulong Count;
}
