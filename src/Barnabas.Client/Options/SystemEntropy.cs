using System.Buffers.Binary;
using System.Security.Cryptography;
using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>Random numbers of the operating system, for a client that was given no other source.</summary>
internal sealed class SystemEntropy : IEntropy
{
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);

    public ulong NextUInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
