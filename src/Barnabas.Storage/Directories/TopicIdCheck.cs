using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// Whose files lie in a partition's directory (KIP-516): what <see cref="PartitionMetadataFile"/> says against the
/// topic id that the metadata gives.
/// </summary>
internal static class TopicIdCheck
{
    /// <summary>
    /// Null if the files are those of this topic, or of nobody yet, and then they are its from here on; else whose they
    /// are.
    /// </summary>
    /// <param name="names">What the directory holds.</param>
    /// <param name="topicId">Zero takes whatever is there.</param>
    public static string? FindMismatch(IDisk disk, string directory, IReadOnlyList<string> names, Uuid topicId)
    {
        string file = $"{directory}/{PartitionMetadataFile.Name}";
        if (!names.Contains(PartitionMetadataFile.Name))
        {
            Write(disk, directory, topicId);
            return null;
        }

        try
        {
            Uuid found = PartitionMetadataFile.Parse(AtomicFile.Read(disk, file), file);
            return topicId.IsZero || found == topicId
                ? null
                : $"{directory} belongs to topic id {found}, not to {topicId}";
        }
        catch (CheckpointFormatException damage) when (HasRecords(disk, directory, names))
        {
            return damage.Message;
        }
        catch (CheckpointFormatException)
        {
            // Made just before the power went, and nothing in it yet.
            Write(disk, directory, topicId);
            return null;
        }
    }

    private static void Write(IDisk disk, string directory, Uuid topicId)
    {
        if (!topicId.IsZero)
        {
            AtomicFile.Write(disk, directory, PartitionMetadataFile.Name, PartitionMetadataFile.Format(topicId));
        }
    }

    private static bool HasRecords(IDisk disk, string directory, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (SegmentFileNames.TryParse(name, SegmentFileNames.Log, out _))
            {
                using IDiskFile file = disk.Open($"{directory}/{name}", FileOpening.Read);
                if (file.Length > 0)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
