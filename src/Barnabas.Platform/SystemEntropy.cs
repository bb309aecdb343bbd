using System.Security.Cryptography;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>The operating system's random numbers, good enough for identities and secrets.</summary>
public sealed class SystemEntropy : IEntropy
{
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);

    public ulong NextUInt64()
    {
        ulong drawn = 0;
        RandomNumberGenerator.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<ulong>(ref drawn)));
        return drawn;
    }
}
