using System.Runtime.InteropServices;

namespace Barnabas.Platform;

/// <summary><c>struct rlimit</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResourceLimit
{
    public ulong Current;
    public ulong Most;
}
