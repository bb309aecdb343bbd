using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>
/// Seeded random numbers. Fault model: none; every number is good, and each draw shows in the trace, because a draw
/// that one run makes and its repetition does not is the usual sign of hidden state.
/// </summary>
public sealed class SimulatedEntropy(SimulatedRandom random, SimulatedTrace trace) : IEntropy
{
    public void Fill(Span<byte> destination)
    {
        random.Fill(destination);
        trace.Record(SimulatedTraceKind.Entropy, 0, destination);
    }

    public ulong NextUInt64()
    {
        ulong drawn = random.NextUInt64();
        trace.Record(SimulatedTraceKind.Entropy, 1, (long)drawn);
        return drawn;
    }
}
