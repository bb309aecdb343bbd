namespace Barnabas.Platform.Tests;

// Alone, because it looks at every reactor of the process.
[Collection("Alone")]
public sealed class IdleReactorTests
{
    [Fact]
    public void An_idle_reactor_uses_no_processor()
    {
        using RealStage stage = new(PlatformSeams.Create);
        stage.Pass(TimeSpan.FromMilliseconds(50));
        long before = ContextSwitchesOfReactors();
        stage.Pass(TimeSpan.FromMilliseconds(500));
        Assert.Equal(before, ContextSwitchesOfReactors());
    }

    private static long ContextSwitchesOfReactors()
    {
        long sum = 0;
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            if (File.ReadAllText($"{task}/comm").StartsWith("reactor-", StringComparison.Ordinal))
            {
                foreach (string line in File.ReadLines($"{task}/status"))
                {
                    if (line.StartsWith("voluntary_ctxt_switches", StringComparison.Ordinal))
                    {
                        sum += long.Parse(line.Split('\t')[1], System.Globalization.CultureInfo.InvariantCulture);
                    }
                }
            }
        }

        return sum;
    }
}
