using System.Diagnostics;
using System.Globalization;
using System.Text;
using Barnabas.Client.Tests;

namespace Barnabas.Cli.Tests;

/// <summary>The tools of Apache Kafka, all in one Java process. One caller at a time.</summary>
public sealed class KafkaTools : IDisposable
{
    private readonly Process? _java;

    public KafkaTools()
    {
        if (SharedFolder.Launcher is null)
        {
            return;
        }

        string home = Path.GetDirectoryName(SharedFolder.Launcher)!;
        ProcessStartInfo start = new("java")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                $"-Dlog4j2.configurationFile={Path.Combine(home, "log4j2.yaml")}",
                "-cp",
                Path.Combine(home, "libs", "*"),
                Path.Combine(AppContext.BaseDirectory, "Peer", "KafkaTools.java"),
            },
        };
        _java = Process.Start(start)!;
        _java.ErrorDataReceived += static (_, _) => { };
        _java.BeginErrorReadLine();
    }

    public ToolResult Run(string mainClass, string input, params ReadOnlySpan<string> arguments)
    {
        List<string> words = [mainClass, input, .. arguments];
        _java!.StandardInput.WriteLine(string.Join(' ', words.Select(
            static word => Convert.ToBase64String(Encoding.UTF8.GetBytes(word)))));
        _java.StandardInput.Flush();
        string[] answer = _java.StandardOutput.ReadLine()?.Split(' ')
            ?? throw new InvalidOperationException($"{mainClass} has ended the process");
        return new ToolResult(int.Parse(answer[0], CultureInfo.InvariantCulture), Text(answer[1]), Text(answer[2]));

        static string Text(string word) => Encoding.UTF8.GetString(Convert.FromBase64String(word));
    }

    public void Dispose()
    {
        if (_java is not null)
        {
            _java.StandardInput.Close();
            _java.WaitForExit();
            _java.Dispose();
        }
    }
}
