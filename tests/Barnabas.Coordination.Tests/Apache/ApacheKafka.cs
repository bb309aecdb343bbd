using System.Diagnostics;

namespace Barnabas.Coordination.Tests;

/// <summary>
/// Apache Kafka (4.3 or later) as an independent judge, if it is at hand: in <c>../shared/apache-kafka</c> beside the
/// checkout, or where <c>KAFKA_HOME</c> points.
/// </summary>
internal static class ApacheKafka
{
    public static string? Libraries { get; } = Find();

    public static string Java(params string[] arguments)
    {
        var start = new ProcessStartInfo("java") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-cp");
        start.ArgumentList.Add(Path.Combine(Libraries!, "*"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string beside = Path.Combine(folder.FullName, "shared", "apache-kafka", "libs");
            if (Directory.Exists(beside))
            {
                return beside;
            }
        }

        string? home = Environment.GetEnvironmentVariable("KAFKA_HOME");
        return home is not null && Directory.Exists(Path.Combine(home, "libs")) ? Path.Combine(home, "libs") : null;
    }
}
