using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination.Tests;

/// <summary>
/// Members that do anything at any time, over a log that fails and lags, under virtual time. What must hold is checked
/// at every reply: I-38, I-40, I-47. A seed repeats its run exactly.
/// </summary>
public sealed class PropertyTests
{
    [Fact]
    public void Whatever_members_do_generations_rise_and_only_the_current_one_commits()
    {
        for (int seed = 1; seed <= 60; seed++)
        {
            try
            {
                new RandomGroup(seed).Run(steps: 250);
            }
            catch (Exception failure)
            {
                throw new Xunit.Sdk.XunitException($"seed {seed}: {failure}");
            }
        }
    }

    [Fact]
    public void The_same_seed_tells_the_same_story()
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            Assert.Equal(new RandomGroup(seed).Run(steps: 200), new RandomGroup(seed).Run(steps: 200));
        }
    }
}
