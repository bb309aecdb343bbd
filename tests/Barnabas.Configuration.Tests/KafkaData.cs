namespace Barnabas.Configuration.Tests;

/// <summary>Finds the folder of facts about Apache Kafka that may stand beside the checkout.</summary>
internal static class KafkaData
{
    public static string? Folder { get; } = Find();

    public static IEnumerable<string[]> ReadTable(string file) =>
        File.ReadLines(Path.Combine(Folder!, "configs", file)).Skip(1).Select(line => line.Split('\t'));

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "kafka-data");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
