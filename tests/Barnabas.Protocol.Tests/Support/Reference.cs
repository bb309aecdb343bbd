namespace Barnabas.Protocol.Tests;

/// <summary>
/// Facts about Apache Kafka and its libraries: a folder <c>shared</c> beside the checkout, or an installation of
/// version 4.4 named by <c>KAFKA_HOME</c>. Tests that need them are skipped where they are absent.
/// </summary>
internal static class Reference
{
    public static string? Data { get; } = Find("kafka-data");

    /// <summary>A class path for Java with the libraries of the version that the schemas are held against.</summary>
    public static string? ClassPath { get; } = Libraries("libs-4.4.0", "libs") ?? LibrariesAtHome();

    /// <summary>The class path of the last version that knew ZooKeeper.</summary>
    public static string? ZooKeeperEraClassPath { get; } = Libraries("libs-3.9.2");

    private static string? Libraries(params string[] folders) =>
        Find("apache-kafka") is { } kafka && folders.All(folder => Directory.Exists(Path.Combine(kafka, folder)))
            ? string.Join(Path.PathSeparator, folders.Select(folder => Path.Combine(kafka, folder, "*")))
            : null;

    private static string? LibrariesAtHome()
    {
        string libraries = Path.Combine(Environment.GetEnvironmentVariable("KAFKA_HOME") ?? "", "libs");
        return Directory.Exists(libraries) && Directory.EnumerateFiles(libraries, "kafka-clients-4.4.*.jar").Any()
            ? Path.Combine(libraries, "*")
            : null;
    }

    private static string? Find(string name)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, "shared", name);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
