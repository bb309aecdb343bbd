using System.Diagnostics;

using Barnabas.Kernel;

namespace Barnabas.Storage.Tests;

/// <summary>Apache Kafka's own code, run as a judge, where it is there to be run.</summary>
internal static class ApacheKafka
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    /// <summary>The folder with Kafka's libraries, or null: KAFKA_HOME, or <c>shared</c> beside the checkout.</summary>
    public static string? Home { get; } = Find();

    /// <summary>Runs KafkaLog.java over several directories; returns what it said of each.</summary>
    public static string[] RunLogs(params (string Mode, string Directory, bool Clean, Offset RecoveryPoint)[] logs)
    {
        var arguments = new List<string> { Path.Combine(AppContext.BaseDirectory, "Kafka", "KafkaLog.java") };
        foreach ((string mode, string directory, bool clean, Offset recoveryPoint) in logs)
        {
            arguments.AddRange(
                [mode, directory, clean ? "clean" : "unclean", recoveryPoint.ToString(), TestLog.TopicId.ToString()]);
        }

        string output = Run([.. arguments]);
        return [.. logs.Select(log => Said(output, log.Directory))];
    }

    public static string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("java")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-Xmx128M");
        start.ArgumentList.Add("-XX:+UseSerialGC");
        start.ArgumentList.Add("-XX:TieredStopAtLevel=1");
        // Its log would mix with what it is asked to say.
        start.ArgumentList.Add("-Dorg.apache.logging.log4j.level=OFF");
        start.ArgumentList.Add("-cp");
        start.ArgumentList.Add(Path.Combine(Home!, "libs", "*"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(_patience))
        {
            process.Kill();
            Assert.Fail($"java did not end within {_patience}");
        }

#pragma warning disable xUnit1031 // The process has ended: both are complete.
        Assert.True(process.ExitCode == 0, errors.Result);
        return output.Result;
#pragma warning restore xUnit1031
    }

    private static string Said(string output, string directory)
    {
        string head = $"log {directory}\n";
        int start = output.IndexOf(head, StringComparison.Ordinal) + head.Length;
        int end = output.IndexOf("log /", start, StringComparison.Ordinal);
        return end < 0 ? output[start..] : output[start..end];
    }

    private static string? Find()
    {
        string? home = Environment.GetEnvironmentVariable("KAFKA_HOME");
        for (string? at = AppContext.BaseDirectory; home is null && at is not null; at = Path.GetDirectoryName(at))
        {
            string candidate = Path.Combine(at, "shared", "apache-kafka");
            bool found = Directory.Exists(Path.Combine(at, "shared", "kafka-data")) && Directory.Exists(candidate);
            home = found ? candidate : null;
        }

        return home is not null && Directory.Exists(Path.Combine(home, "libs")) ? home : null;
    }
}
