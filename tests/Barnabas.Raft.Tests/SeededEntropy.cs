using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.Raft.Tests;

/// <summary>The same numbers for the same seed (SplitMix64).</summary>
internal sealed class SeededEntropy(ulong seed) : IEntropy
{
    private ulong _state = seed;

    public void Fill(Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[8];
        while (destination.Length > 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, NextUInt64());
            int count = Math.Min(8, destination.Length);
            word[..count].CopyTo(destination);
            destination = destination[count..];
        }
    }

    public ulong NextUInt64()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public int Next(int below) => (int)(NextUInt64() % (ulong)below);
}
