using System.Diagnostics;

namespace Barnabas.Protocol.Tests;

/// <summary>Runs <c>Java/Codec.java</c> over a batch of encoded messages.</summary>
internal static class JavaCodec
{
    public static bool IsAvailable { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "javac")));

    public static IReadOnlyList<JavaAnswer> Run(string classPath, IReadOnlyList<JavaQuestion> questions)
    {
        string folder = Directory.CreateTempSubdirectory("barnabas-java-codec").FullName;
        try
        {
            string source = Path.Combine(AppContext.BaseDirectory, "Java", "Codec.java");
            Execute("javac", ["-cp", classPath, "-d", folder, source], [], 0);
            string path = folder + Path.PathSeparator + classPath;
            List<string> lines = Execute(
                "java",
                ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-cp", path, "Codec"],
                [.. questions.Select(question => question.Line)],
                questions.Count);
            return [.. lines.Select(JavaAnswer.Parse)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<string> Execute(string program, string[] arguments, IReadOnlyList<string> input, int answers)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task feeding = Task.Run(() =>
        {
            foreach (string line in input)
            {
                process.StandardInput.WriteLine(line);
            }

            process.StandardInput.Close();
        });
        List<string> lines = [];
        while (process.StandardOutput.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && lines.Count == answers, $"{program} failed: {errors.Result}");
        feeding.Wait();
        return lines;
    }
}
