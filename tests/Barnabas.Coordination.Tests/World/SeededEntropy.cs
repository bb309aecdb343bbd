using Barnabas.Kernel;

namespace Barnabas.Coordination.Tests;

internal sealed class SeededEntropy(int seed) : IEntropy
{
    private readonly Random _random = new(seed);

    public void Fill(Span<byte> destination) => _random.NextBytes(destination);

    public ulong NextUInt64() => (ulong)_random.NextInt64();
}
