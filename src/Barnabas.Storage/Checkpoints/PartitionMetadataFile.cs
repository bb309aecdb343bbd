using System.Globalization;
using System.Text;

using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// <c>partition.metadata</c>: which topic, by id, the files of a partition belong to (KIP-516). Pure.
/// </summary>
internal static class PartitionMetadataFile
{
    public const string Name = "partition.metadata";

    public static byte[] Format(Uuid topicId) => Encoding.UTF8.GetBytes($"version: 0\ntopic_id: {topicId}");

    /// <summary>
    /// Writes the file of a partition just made. Not atomically and unsynced: see <see cref="LogFlusher.SyncNames"/>.
    /// </summary>
    public static void Write(IDisk disk, string directory, Uuid topicId)
    {
        using IDiskFile file = disk.Open($"{directory}/{Name}", FileOpening.CreateOrTruncate);
        file.Write(Format(topicId), 0);
    }

    /// <summary>Makes what it says durable, if there is such a file.</summary>
    public static void Sync(IDisk disk, string directory)
    {
        string path = $"{directory}/{Name}";
        if (disk.FileExists(path))
        {
            using IDiskFile file = disk.Open(path, FileOpening.ReadWrite);
            FinalSync.Run(file);
        }
    }

    public static Uuid Parse(ReadOnlySpan<byte> content, string name)
    {
        Uuid id = default;
        bool hasVersion = false;
        foreach (string line in Encoding.UTF8.GetString(content).Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                continue;
            }

            string value = line[(colon + 1)..].Trim();
            switch (line[..colon].Trim())
            {
                case "version":
                    hasVersion = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int version)
                        && version == 0;
                    break;
                case "topic_id" when !Uuid.TryParse(value, out id):
                    throw new CheckpointFormatException($"{name}: '{value}' is no topic id");
            }
        }

        return hasVersion && !id.IsZero ? id : throw new CheckpointFormatException($"{name}: no topic id in version 0");
    }
}
