using System.Diagnostics;

namespace Barnabas.Records.Tests;

/// <summary>
/// Apache Kafka's own library, if the machine has it: the jars of <c>KAFKA_HOME</c>, or those of a <c>shared</c> folder
/// beside the checkout; and a Java compiler.
/// </summary>
internal static class ApacheKafka
{
    public const string Absent =
        "Needs Java 17 and Apache Kafka's libraries: set KAFKA_HOME, or lay shared/apache-kafka beside the checkout.";

    public static string? Libraries { get; } = FindLibraries();

    public static bool IsPresent => Libraries is not null && FindOnPath("javac") is not null;

    /// <summary>Runs a program to its end; what it prints is the message of the failure, if it fails.</summary>
    public static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {output}{errors.Result}");
    }

    private static string? FindLibraries()
    {
        if (Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } home)
        {
            string libraries = Path.Combine(home, "libs");
            return Directory.Exists(libraries) ? libraries : null;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string shared = Path.Combine(folder.FullName, "shared");
            if (Directory.Exists(Path.Combine(shared, "kafka-data")))
            {
                string libraries = Path.Combine(shared, "apache-kafka", "libs");
                return Directory.Exists(libraries) ? libraries : null;
            }
        }

        return null;
    }

    private static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
