using System.Diagnostics;

namespace Barnabas.Client.Tests;

/// <summary>Finds Apache Kafka beside the checkout; these tests are skipped, and say so, where it is not.</summary>
internal static class SharedFolder
{
    public const string Absent =
        "Apache Kafka was not found: no ../shared beside the checkout, and KAFKA_HOME is not set.";

    public static string? Launcher { get; } = Find();

    public static Process Start(string version, string? heap, params ReadOnlySpan<string> arguments)
    {
        ProcessStartInfo start = new(Launcher!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["KAFKA_VERSION"] = version;
        if (heap is not null)
        {
            start.Environment["KAFKA_HEAP_OPTS"] = heap;
        }

        return Process.Start(start)!;
    }

    public static string Run(string version, params ReadOnlySpan<string> arguments)
    {
        using Process process = Start(version, null, arguments);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"exit {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
    }

    /// <summary>Compiles and runs a Java source file of this project against Kafka's own classes.</summary>
    public static string RunJava(string source, string input)
    {
        string libraries = Path.Combine(Path.GetDirectoryName(Launcher!)!, "libs", "*");
        ProcessStartInfo start = new("java")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add("-cp");
        start.ArgumentList.Add(libraries);
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Peer", source));
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.GetAwaiter().GetResult()
            : throw new InvalidOperationException(errors.GetAwaiter().GetResult());
    }

    private static string? Find()
    {
        string? home = Environment.GetEnvironmentVariable("KAFKA_HOME");
        if (home is not null && File.Exists(Path.Combine(home, "kafka-env.sh")))
        {
            return Path.Combine(home, "kafka-env.sh");
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string launcher = Path.Combine(at.FullName, "shared", "apache-kafka", "kafka-env.sh");
            if (Directory.Exists(Path.Combine(at.FullName, "shared", "kafka-data")) && File.Exists(launcher))
            {
                return launcher;
            }
        }

        return null;
    }
}
