namespace Barnabas.Protocol.Tests;

/// <summary>
/// Facts about Apache Kafka and its libraries: a folder <c>shared</c> beside the checkout, or libraries named by
/// <c>KAFKA_HOME</c>. Tests that need them are skipped where they are absent.
/// </summary>
internal static class Reference
{
    public static string? Data { get; } = Find("kafka-data");

    /// <summary>A class path for Java, newest libraries first.</summary>
    public static string? ClassPath { get; } = FindClassPath("libs-4.4.0", "libs");

    /// <summary>The class path of the last version that knew ZooKeeper.</summary>
    public static string? ZooKeeperEraClassPath { get; } =
        Find("apache-kafka") is { } kafka && Directory.Exists(Path.Combine(kafka, "libs-3.9.2"))
            ? Path.Combine(kafka, "libs-3.9.2", "*")
            : null;

    private static string? FindClassPath(params string[] folders)
    {
        if (Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } home)
        {
            return Path.Combine(home, "libs", "*");
        }

        return Find("apache-kafka") is { } kafka
            ? string.Join(Path.PathSeparator, folders.Select(folder => Path.Combine(kafka, folder, "*")))
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
