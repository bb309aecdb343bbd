using System.Globalization;
using Xunit.Abstractions;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// Stories of a whole node, one per seed. <c>BARNABAS_SIMULATION_SEEDS</c> says how many, and
/// <c>BARNABAS_SIMULATION_FIRST</c> with which to begin: a seed that failed is repeated with it and one seed.
/// </summary>
public sealed class NodeSimulationTests(ITestOutputHelper output)
{
    private static readonly ulong First = Setting("BARNABAS_SIMULATION_FIRST", 0);

    [Fact]
    public void Stories_without_faults_end_well()
    {
        for (ulong seed = First; seed < First + 20; seed++)
        {
            Require(new NodeStory(seed, StoryPlan.WithoutFaults).Run());
        }
    }

    [Fact]
    public void Stories_with_faults_end_well()
    {
        ulong seeds = Setting("BARNABAS_SIMULATION_SEEDS", 300);
        List<StoryResult> failed = [];
        for (ulong seed = First; seed < First + seeds; seed++)
        {
            StoryResult result = new NodeStory(seed).Run();
            if (result.Findings.Count > 0 || seeds <= 10)
            {
                failed.Add(result);
                output.WriteLine(result.ToString());
            }
        }

        Assert.Empty(failed.Where(static result => result.Findings.Count > 0));
    }

    private static ulong Setting(string name, ulong usual) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out ulong set) ? set : usual;

    private void Require(StoryResult result)
    {
        output.WriteLine(result.ToString());
        Assert.Empty(result.Findings);
    }
}
