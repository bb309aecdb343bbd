using System.Diagnostics;
using System.Text;

namespace Barnabas.Broker.Tests;

/// <summary>
/// Apache Kafka as a judge: found by <c>KAFKA_HOME</c>, else in a folder <c>shared/apache-kafka</c> above the tests.
/// Without
/// it the tests that ask it are passed over, and say so.
/// </summary>
internal static class ApacheKafka
{
    public static string? Script { get; } = FindScript();

    /// <summary>Runs a main class to its end; both outputs together.</summary>
    public static (int ExitCode, string Output) Run(string version, string mainClass, params string[] arguments)
    {
        using Process process = Start(version, mainClass, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(90)))
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        return (process.ExitCode, output.Result + error.Result);
    }

    /// <summary>Runs a broker until a condition holds, then stops it in order. Gives what it printed.</summary>
    public static string RunBroker(string version, string properties, Func<bool> until)
    {
        using Process process = Start(version, "kafka.Kafka", properties);
        var output = new StringBuilder();
        DataReceivedEventHandler keep = (_, line) =>
        {
            lock (output)
            {
                output.AppendLine(line.Data);
            }
        };
        process.OutputDataReceived += keep;
        process.ErrorDataReceived += keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var clock = Stopwatch.StartNew();
        while (!process.HasExited && clock.Elapsed < TimeSpan.FromSeconds(40) && !until())
        {
            Thread.Sleep(200);
        }

        bool endedItself = process.HasExited;
        if (!endedItself)
        {
            using Process signal = Process.Start(
                "kill", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            signal.WaitForExit();
            if (!process.WaitForExit(TimeSpan.FromSeconds(60)))
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.WaitForExit();
        lock (output)
        {
            return endedItself ? $"ended by itself\n{output}" : output.ToString();
        }
    }

    public static Process Start(string version, string mainClass, params string[] arguments)
    {
        var start = new ProcessStartInfo(Script!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KAFKA_VERSION"] = version;
        start.Environment["KAFKA_HEAP_OPTS"] = "-Xmx384M";
        start.ArgumentList.Add(mainClass);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static string? FindScript()
    {
        const string Name = "kafka-env.sh";
        if (Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } home)
        {
            return File.Exists(Path.Combine(home, Name)) ? Path.Combine(home, Name) : null;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string script = Path.Combine(folder.FullName, "shared", "apache-kafka", Name);
            if (File.Exists(script))
            {
                return script;
            }
        }

        return null;
    }
}
