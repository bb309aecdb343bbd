namespace Barnabas.Records.Tests;

/// <summary>Compiles the judge once, and lets it write its batches.</summary>
public sealed class JudgeFixture : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("barnabas-records-");

    public JudgeFixture()
    {
        Written = _root.CreateSubdirectory("java").FullName;
        Ours = _root.CreateSubdirectory("ours").FullName;
        if (ApacheKafka.IsPresent)
        {
            string source = Path.Combine(AppContext.BaseDirectory, "Interop", "RecordsJudge.java");
            ApacheKafka.Run("javac", "-cp", $"{ApacheKafka.Libraries}/*", "-d", _root.FullName, source);
            Judge("write", Written);
        }
    }

    /// <summary>What Apache Kafka's library has written, and what it says about it.</summary>
    public string Written { get; }

    /// <summary>For what it is to read.</summary>
    public string Ours { get; }

    public void Judge(string mode, string folder) => ApacheKafka.Run(
        "java", "-Xmx256M", "-cp", $"{_root.FullName}:{ApacheKafka.Libraries}/*", "RecordsJudge", mode, folder);

    public void Dispose() => _root.Delete(recursive: true);
}
