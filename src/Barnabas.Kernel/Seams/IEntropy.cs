namespace Barnabas.Kernel;

/// <summary>
/// Where random numbers come from. The real twin asks the operating system; the simulated one is seeded, so that a run
/// can be repeated. May be called from any thread.
/// </summary>
public interface IEntropy
{
    void Fill(Span<byte> destination);

    ulong NextUInt64();
}
