using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Records;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// Reads the files of a node that was closed in order, as somebody who knows only Kafka's formats, and compares them
/// with each other and with the metadata.
/// </summary>
internal static class LogFilesCheck
{
    public static void Run(IDisk disk, string root, MetadataImage image, Findings findings)
    {
        Dictionary<string, long> logStarts = LogStarts(disk, root);
        foreach (string name in disk.List(root))
        {
            string directory = $"{root}/{name}";
            bool isSetAside = name.EndsWith("-delete", StringComparison.Ordinal)
                || name.EndsWith("-stray", StringComparison.Ordinal);
            if (isSetAside || !disk.DirectoryExists(directory))
            {
                continue;
            }

            string topic = name[..name.LastIndexOf('-')];
            findings.Require(
                topic == "__cluster_metadata" || image.Topics.TryGet(topic, out TopicImage? _),
                $"{name}: a directory of a topic that does not exist (I-28)");
            CheckPartition(disk, directory, logStarts.GetValueOrDefault(name), findings);
        }
    }

    // Two lines of version and count, then one of topic, partition and offset for each log.
    private static Dictionary<string, long> LogStarts(IDisk disk, string root)
    {
        Dictionary<string, long> starts = [];
        string path = $"{root}/log-start-offset-checkpoint";
        string[] lines = disk.FileExists(path) ? Encoding.ASCII.GetString(Read(disk, path)).Split('\n') : [];
        IEnumerable<string[]> rows = lines.Skip(2).Select(static line => line.Split(' '));
        foreach (string[] words in rows.Where(static row => row.Length == 3))
        {
            starts[$"{words[0]}-{words[1]}"] = long.Parse(words[2], CultureInfo.InvariantCulture);
        }

        return starts;
    }

    private static void CheckPartition(IDisk disk, string directory, long logStart, Findings findings)
    {
        long next = -1;
        int epoch = -1;
        List<(int Epoch, long Start)> epochs = [];
        string[] segments = [.. disk.List(directory)
            .Where(static name => name.EndsWith(".log", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
        foreach (string segment in segments)
        {
            long baseOffset = long.Parse(segment[..^4], CultureInfo.InvariantCulture);
            findings.Require(next < 0 || next == baseOffset, $"{directory}/{segment}: begins where {next} should");
            next = baseOffset;
            byte[] bytes = Read(disk, $"{directory}/{segment}");
            SortedDictionary<long, long> starts = [];
            RecordBatchIterator batches = new(bytes);
            while (batches.MoveNext())
            {
                RecordBatch batch = batches.Current;
                starts[batches.Position] = batch.BaseOffset.Value;
                bool isNext = batch.BaseOffset.Value == next && batch.IsCrcValid();
                findings.Require(isNext, $"{directory}/{segment}: {batch.BaseOffset} where {next} should be (I-03)");
                findings.Require(
                    batch.PartitionLeaderEpoch.Value >= epoch, $"{directory}/{segment}: epochs fall (I-02)");
                // What lies below the start of the log waits only for its removal.
                if (batch.PartitionLeaderEpoch.Value > epoch && batch.NextOffset.Value > logStart)
                {
                    epoch = batch.PartitionLeaderEpoch.Value;
                    epochs.Add((epoch, Math.Max(logStart, batch.BaseOffset.Value)));
                }

                next = batch.NextOffset.Value;
            }

            findings.Require(
                batches.End == BatchFrame.Whole, $"{directory}/{segment}: {batches.End} at {batches.Position}");
            CheckOffsetIndex(disk, $"{directory}/{segment[..^4]}.index", baseOffset, starts, findings);
            CheckTimeIndex(disk, $"{directory}/{segment[..^4]}.timeindex", baseOffset, next, findings);
        }

        CheckEpochs(disk, $"{directory}/leader-epoch-checkpoint", epochs, findings);
    }

    private static void CheckOffsetIndex(
        IDisk disk, string path, long baseOffset, SortedDictionary<long, long> starts, Findings findings)
    {
        if (!disk.FileExists(path))
        {
            return;
        }

        byte[] bytes = Read(disk, path);
        (long Offset, long Position) last = (-1, -1);
        for (int at = 0; at + 8 <= bytes.Length; at += 8)
        {
            long offset = baseOffset + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            long position = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 4));
            findings.Require(
                offset > last.Offset && position > last.Position,
                $"{path}: ({offset}, {position}) after {last} (I-22)");
            findings.Require(
                starts.TryGetValue(position, out long first) && first <= offset,
                $"{path}: ({offset}, {position}) is no batch (I-22)");
            last = (offset, position);
        }
    }

    private static void CheckTimeIndex(IDisk disk, string path, long baseOffset, long end, Findings findings)
    {
        if (!disk.FileExists(path))
        {
            return;
        }

        byte[] bytes = Read(disk, path);
        (long Time, long Offset) last = (long.MinValue, -1);
        for (int at = 0; at + 12 <= bytes.Length; at += 12)
        {
            long time = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at));
            long offset = baseOffset + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 8));
            findings.Require(
                time >= last.Time && offset >= last.Offset && offset < end,
                $"{path}: ({time}, {offset}) after {last}, end {end} (I-22)");
            last = (time, offset);
        }
    }

    // An epoch may have begun without a record; every one that has records must be there, with the first or less.
    private static void CheckEpochs(
        IDisk disk, string path, List<(int Epoch, long Start)> inLog, Findings findings)
    {
        Dictionary<int, long> inFile = [];
        (int Epoch, long Start) last = (-1, -1);
        string[] lines = disk.FileExists(path) ? Encoding.ASCII.GetString(Read(disk, path)).Split('\n') : [];
        foreach (string line in lines.Skip(2).Where(static line => line.Length > 0))
        {
            string[] parts = line.Split(' ');
            int epoch = int.Parse(parts[0], CultureInfo.InvariantCulture);
            long start = long.Parse(parts[1], CultureInfo.InvariantCulture);
            findings.Require(
                epoch > last.Epoch && start >= last.Start, $"{path}: ({epoch}, {start}) after {last} (I-02)");
            last = (epoch, start);
            inFile[epoch] = start;
        }

        foreach ((int epoch, long start) in inLog)
        {
            findings.Require(
                inFile.TryGetValue(epoch, out long known) && known <= start,
                $"{path}: epoch {epoch} of the log, from {start} on, is not in {string.Join(',', lines)} (I-02)");
        }
    }

    private static byte[] Read(IDisk disk, string path)
    {
        using IDiskFile file = disk.Open(path, FileOpening.Read);
        byte[] bytes = new byte[file.Length];
        file.Read(bytes, 0);
        return bytes;
    }
}
