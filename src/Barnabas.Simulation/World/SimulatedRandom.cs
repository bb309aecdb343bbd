using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>
/// The dice of a simulated world (SplitMix64). The same seed gives the same throws on every machine and in every build,
/// which <c>System.Random</c> does not promise across versions.
/// </summary>
public sealed class SimulatedRandom(ulong seed) : IEntropy
{
    private ulong _state = seed;

    public ulong NextUInt64()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From 0 to <paramref name="exclusive"/> - 1.</summary>
    public int Next(int exclusive) => (int)Next((long)exclusive);

    /// <summary>From 0 to <paramref name="exclusive"/> - 1.</summary>
    public long Next(long exclusive) => (long)(NextUInt64() % (ulong)exclusive);

    /// <summary>From <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public long Between(long least, long most) => least + Next(most - least + 1);

    public TimeSpan Between(TimeSpan least, TimeSpan most) => new(Between(least.Ticks, most.Ticks));

    /// <summary>True once in <paramref name="times"/>, on average; never if it is 0.</summary>
    public bool OneIn(int times) => times > 0 && Next(times) == 0;

    public void Fill(Span<byte> destination)
    {
        while (destination.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, NextUInt64());
            destination = destination[sizeof(ulong)..];
        }

        ulong rest = NextUInt64();
        foreach (ref byte target in destination)
        {
            target = (byte)rest;
            rest >>= 8;
        }
    }

    /// <summary>A generator of its own, so that what one part throws does not shift the throws of another.</summary>
    public SimulatedRandom Split() => new(NextUInt64());
}
