using Barnabas.Simulation;

namespace Barnabas.Storage.Tests;

/// <summary>
/// I-23: a script of appends, flushes, checkpoints, rolls, truncations and deletions is stopped at every call that
/// changes the disk; what a crash then leaves of it must recover to the longest valid prefix, with nothing synced
/// missing and all derived state (I-02, I-22, I-29) equal to a replay.
/// </summary>
public sealed class CrashImageTests
{
    private const int Steps = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public void Every_crash_image_recovers(int script)
    {
        int images = 0;
        for (int crashAt = 1; ; crashAt++)
        {
            bool crashed = false;
            foreach (bool losePower in (ReadOnlySpan<bool>)[false, true])
            {
                try
                {
                    crashed |= RunAndRecover(script, crashAt, losePower);
                    images++;
                }
                catch (Exception failure) when (failure is not PowerLossException)
                {
                    throw new InvalidOperationException(
                        $"script {script}, crash at call {crashAt}, power lost: {losePower}", failure);
                }
            }

            if (!crashed)
            {
                break;
            }
        }

        Assert.True(images > 300, $"{images} images");
    }

    private static bool RunAndRecover(int script, int crashAt, bool losePower)
    {
        SimulatedDisk disk = RunAndCrash(script, crashAt, losePower, out LogModel model, out bool crashed);
        LogScript.VerifyRecovery(disk, model, losePower);
        LogScript.VerifyLaterLossOfPower(RunAndCrash(script, crashAt, losePower, out _, out _));
        return crashed;
    }

    private static SimulatedDisk RunAndCrash(
        int script, int crashAt, bool losePower, out LogModel model, out bool crashed)
    {
        var simulated = new SimulatedDisk((ulong)((script * 100_003) + crashAt));
        var disk = new CrashingDisk(simulated, crashAt, new Random(crashAt));
        model = new LogModel();
        try
        {
            LogScript.Run(disk, script, Steps, model);
        }
        catch (PowerLossException)
        {
            // What the test is about.
        }

        if (losePower)
        {
            simulated.LosePower();
        }
        else
        {
            simulated.EndProcess();
        }

        crashed = disk.HasCrashed;
        return simulated;
    }
}
