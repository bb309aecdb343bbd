using System.Runtime.InteropServices;

namespace Barnabas.Platform;

/// <summary><c>struct cachestat</c> (Linux 6.5): pages of a range by state.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CacheCounts
{
    public ulong Cached;
    public ulong Dirty;
    public ulong WritingBack;
    public ulong Evicted;
    public ulong RecentlyEvicted;
}
