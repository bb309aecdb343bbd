namespace Barnabas.Simulation.Tests;

/// <summary>What a run has found to be wrong, with the moment at which it was noticed.</summary>
internal sealed class Findings(SimulatedWorld world)
{
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    public void Add(string finding) =>
        _all.Add($"{TimeSpan.FromTicks(world.Now.Ticks).TotalSeconds:F6} s: {finding}");

    public bool Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            Add(otherwise);
        }

        return condition;
    }
}
