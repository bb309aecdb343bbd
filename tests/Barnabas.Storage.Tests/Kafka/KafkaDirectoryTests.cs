using System.Globalization;
using System.Text;

using Barnabas.Kernel;
using Barnabas.Platform;

namespace Barnabas.Storage.Tests;

/// <summary>Both directions: what Apache Kafka writes we read, and the other way round, down to the bytes.</summary>
public sealed class KafkaDirectoryTests : IDisposable
{
    private static readonly LogConfig _config = LogConfig.Default with
    {
        SegmentBytes = 20_000,
        IndexIntervalBytes = 512,
        RetentionMs = -1,
    };

    private readonly string _root = Directory.CreateTempSubdirectory("barnabas-storage").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [KafkaFact]
    public void What_Kafka_wrote_reads_the_same_here_and_our_files_equal_its_files()
    {
        string[] said = ApacheKafka.RunLogs(
            ("write", PartitionPath("theirs"), true, Offset.Zero),
            ("write", PartitionPath("stopped dead"), false, Offset.Zero));

        PartitionLog recovered = OpenRoot("stopped dead", clean: false).Open();
        Assert.True(recovered.Recovery.BytesValidated > 0);
        Assert.Null(recovered.Recovery.Reason);
        Assert.Equal(said[1], Describe(recovered));

        TestLog theirs = OpenRoot("theirs", clean: true);
        PartitionLog log = theirs.Open();
        Assert.Equal(0, log.Recovery.BytesValidated);
        Assert.Equal(said[0], Describe(log));

        // The same batches through our own writer, as a follower gets them.
        TestLog ours = OpenRoot("ours", clean: false);
        PartitionLog copy = ours.Open();
        foreach (byte[] batch in LogScript.BatchesOf(log))
        {
            lock (copy.Gate)
            {
                var epoch = new LeaderEpoch(100);
                Assert.Equal(ErrorCode.None, copy.AppendAsFollower(batch, epoch, TestLog.Now).Error);
                copy.UpdateHighWatermark(copy.LogEndOffset);
            }
        }

        Assert.True(ours.Directory.Close(1));
        string[] names = FilesOf("theirs");
        Assert.Equal(names, FilesOf("ours"));
        AssertSameFiles(names, "theirs", "ours");
    }

    [KafkaFact]
    public void What_was_aborted_under_Kafka_is_known_here_whatever_became_of_its_indexes()
    {
        string[] said = ApacheKafka.RunLogs(
            ("transact", PartitionPath("theirs"), true, Offset.Zero),
            ("transact", PartitionPath("stopped dead"), false, Offset.Zero));
        string[] indexes =
            [.. FilesOf("theirs").Where(static name => name.EndsWith(".txnindex", StringComparison.Ordinal))];
        Assert.True(indexes.Length > 3);
        // The transaction over several segments was aborted before the last one: the segments have a part in common.
        Assert.Contains(" 9@", said[0], StringComparison.Ordinal);

        TestLog theirs = OpenRoot("theirs", clean: true);
        PartitionLog log = theirs.Open();
        string aborted = DescribeAborted(log);
        Assert.Equal(said[0], Describe(log) + aborted);
        Assert.Equal(4, log.OldestTransaction!.Value.ProducerId);
        Assert.Equal(log.LastStableOffset, log.OldestTransaction.Value.FirstOffset);

        // The same batches through our own writer.
        TestLog ours = OpenRoot("ours", clean: false);
        PartitionLog copy = ours.Open();
        foreach (byte[] batch in LogScript.BatchesOf(log))
        {
            lock (copy.Gate)
            {
                Assert.Equal(
                    ErrorCode.None, copy.AppendAsFollower(batch, new LeaderEpoch(100), TestLog.Now).Error);
                copy.UpdateHighWatermark(copy.LogEndOffset);
            }
        }

        Assert.Equal(aborted, DescribeAborted(copy));
        Assert.True(ours.Directory.Close(1));
        Assert.Equal(FilesOf("theirs"), FilesOf("ours"));
        AssertSameFiles(FilesOf("theirs"), "theirs", "ours");

        // Recovery from the first segment on, over indexes that no longer say the truth.
        string dead = PartitionPath("stopped dead");
        File.Delete(Path.Combine(dead, indexes[0]));
        File.WriteAllBytes(Path.Combine(dead, indexes[1]), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(dead, indexes[2]), new byte[340]);
        PartitionLog recovered = OpenRoot("stopped dead", clean: false).Open();
        Assert.True(recovered.Recovery.BytesValidated > 0);
        Assert.Equal(aborted, DescribeAborted(recovered));
        AssertSameFiles(indexes, "theirs", "stopped dead");
    }

    [KafkaFact]
    public void An_index_of_aborted_transactions_that_cannot_be_true_is_made_anew_from_its_segment()
    {
        string[] roots = ["cut", "other version", "of another segment", "twice"];
        ApacheKafka.RunLogs([.. roots.Select(root => ("transact", PartitionPath(root), true, Offset.Zero))]);
        string[] indexes =
            [.. FilesOf("cut").Where(static name => name.EndsWith(".txnindex", StringComparison.Ordinal))];
        byte[][] sound = [.. indexes.Select(name => File.ReadAllBytes(Path.Combine(PartitionPath("cut"), name)))];
        byte[][] damaged = [sound[1][..^1], [0, 1, .. sound[1][2..]], sound[0], [.. sound[1], .. sound[1]]];
        for (int i = 0; i < roots.Length; i++)
        {
            File.WriteAllBytes(Path.Combine(PartitionPath(roots[i]), indexes[1]), damaged[i]);
            PartitionLog log = OpenRoot(roots[i], clean: true).Open();
            Assert.Equal(ErrorCode.None, log.FindAborted(Offset.Zero, log.LogEndOffset, out _));
            for (int file = 0; file < indexes.Length; file++)
            {
                byte[] found = File.ReadAllBytes(Path.Combine(PartitionPath(roots[i]), indexes[file]));
                Assert.True(sound[file].AsSpan().SequenceEqual(found), $"{roots[i]}: {indexes[file]}");
            }
        }
    }

    [KafkaFact]
    public void Kafka_reads_a_directory_that_we_closed_and_one_in_which_we_were_stopped_dead()
    {
        string[] expected = new string[2];
        Offset recoveryPoint = Offset.Zero;
        for (int i = 0; i < expected.Length; i++)
        {
            bool clean = i == 0;
            TestLog test = OpenRoot(clean ? "closed" : "dead", clean: false);
            PartitionLog log = test.Open();
            Fill(log);
            log.FlushSealedSegments();
            expected[i] = Describe(log);
            recoveryPoint = log.RecoveryPoint;
            if (clean)
            {
                Assert.True(test.Directory.Close(1));
            }
            else
            {
                test.Directory.WriteValidatedPositions();
                test.Directory.Dispose();
            }
        }

        string[] said = ApacheKafka.RunLogs(
            ("read", PartitionPath("closed"), true, recoveryPoint),
            ("read", PartitionPath("dead"), false, recoveryPoint));
        Assert.Equal(expected, said);
    }

    /// <summary>As a clean stop of many partitions leaves those that have few records or none.</summary>
    [KafkaFact]
    public void Kafka_reads_a_segment_whose_index_files_have_not_come_yet()
    {
        string[] names = ["few", "none"];
        string[] expected = new string[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            TestLog test = OpenRoot(names[i], clean: false);
            PartitionLog log = test.Open();
            for (int record = 0; record < (i == 0 ? 3 : 0); record++)
            {
                log.Append(TestLog.Batch(timestamp: TestLog.Now + record));
            }

            expected[i] = Describe(log);
            test.Directory.Dispose();
            Assert.DoesNotContain(
                FilesOf(names[i]), static name => name.EndsWith("index", StringComparison.Ordinal));
        }

        string[] said = ApacheKafka.RunLogs(
            ("read", PartitionPath("few"), true, new Offset(3)), ("read", PartitionPath("none"), true, Offset.Zero));
        Assert.Equal(expected, said);
    }

    [KafkaFact]
    public void Kafkas_dump_tool_finds_nothing_wrong_with_our_files()
    {
        TestLog test = OpenRoot("dump", clean: false);
        PartitionLog log = test.Open();
        Fill(log);
        Assert.True(test.Directory.Close(1));
        string path = PartitionPath("dump");
        var files = new List<string>();
        foreach (string name in FilesOf("dump"))
        {
            if (name.EndsWith(".log", StringComparison.Ordinal)
                || name.EndsWith(".index", StringComparison.Ordinal)
                || name.EndsWith(".timeindex", StringComparison.Ordinal)
                || name.EndsWith(".snapshot", StringComparison.Ordinal))
            {
                files.Add(Path.Combine(path, name));
            }
        }

        string dumped = ApacheKafka.Run(
            "org.apache.kafka.tools.DumpLogSegments", "--deep-iteration", "--files", string.Join(',', files));
        Assert.DoesNotContain("isvalid: false", dumped, StringComparison.Ordinal);
        Assert.DoesNotContain("Mismatches", dumped, StringComparison.Ordinal);
        Assert.DoesNotContain("not found", dumped, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"lastOffset: {log.LogEndOffset.Value - 1} ", dumped, StringComparison.Ordinal);
        Assert.Contains("producerId: 2 ", dumped, StringComparison.Ordinal);
    }

    private static void Fill(PartitionLog log)
    {
        int sequence = 0;
        for (int i = 0; i < 300; i++)
        {
            int records = 1 + (i % 3);
            bool idempotent = i % 2 == 0;
            byte[] batch = TestLog.Batch(
                records,
                valueBytes: 20 + (i * 31 % 150),
                timestamp: TestLog.Now + (i * 10),
                producerId: idempotent ? 2 : -1,
                baseSequence: idempotent ? sequence : -1);
            sequence += idempotent ? records : 0;
            Assert.Equal(ErrorCode.None, log.Append(batch, epoch: i / 70, now: TestLog.Now + 60_000).Error);
        }
    }

    /// <summary>What KafkaLog.java prints, said by our log.</summary>
    private static string Describe(PartitionLog log)
    {
        var text = new StringBuilder();
        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"start {log.LogStartOffset}\nend {log.LogEndOffset}\n");
        foreach (EpochEntry entry in log.LeaderEpochs.Entries)
        {
            text.Append(culture, $"epoch {entry.Epoch} {entry.StartOffset}\n");
        }

        foreach (ProducerStateEntry entry in log.Contents.Producers.Entries.OrderBy(static entry => entry.ProducerId))
        {
            text.Append(culture, $"producer {entry.ProducerId} {entry.LastSequence}\n");
        }

        foreach (Segment segment in log.Contents.Segments.All)
        {
            text.Append(
                culture, $"segment {segment.BaseOffset} {segment.Size} {segment.Indexes.Offsets.Count}\n");
        }

        foreach (long time in (ReadOnlySpan<long>)
            [TestLog.Now, TestLog.Now + 1000, TestLog.Now + 2005, TestLog.Now + 3990, TestLog.Now + 10_000, -1, -2, -3])
        {
            TimestampOffset found = log.FindOffsetByTimestamp(time);
            text.Append(culture, $"time {time} {found.Offset} {found.Timestamp}\n");
        }

        return text.ToString();
    }

    /// <summary>What KafkaLog.java prints of aborted transactions, said by our log.</summary>
    private static string DescribeAborted(PartitionLog log)
    {
        var text = new StringBuilder();
        CultureInfo culture = CultureInfo.InvariantCulture;
        lock (log.Gate)
        {
            log.UpdateHighWatermark(log.LogEndOffset);
        }

        text.Append(culture, $"stable {log.LastStableOffset}\n");
        Segment[] segments = log.Contents.Segments.All;
        for (Offset from = Offset.Zero; from < log.LastStableOffset; from += 7)
        {
            text.Append(culture, $"from {from}");
            // Kafka looks at the rest of the segment, whatever of it is stable.
            int index = SegmentStore.Floor(segments, from);
            Offset limit = index + 1 < segments.Length ? segments[index + 1].BaseOffset : log.LogEndOffset;
            Assert.Equal(ErrorCode.None, log.FindAborted(from, limit, out List<AbortedTransaction>? aborted));
            foreach (AbortedTransaction transaction in aborted ?? [])
            {
                text.Append(culture, $" {transaction.ProducerId}@{transaction.FirstOffset}");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private void AssertSameFiles(string[] names, string left, string right)
    {
        foreach (string name in names)
        {
            Assert.True(
                File.ReadAllBytes(Path.Combine(PartitionPath(left), name)).AsSpan()
                    .SequenceEqual(File.ReadAllBytes(Path.Combine(PartitionPath(right), name))),
                $"{name} differs");
        }
    }

    private TestLog OpenRoot(string name, bool clean)
    {
        string root = Path.Combine(_root, name);
        Directory.CreateDirectory(root);
        if (clean)
        {
            File.WriteAllText(Path.Combine(root, ".kafka_cleanshutdown"), "{\"version\":0,\"brokerEpoch\":5}");
        }

        return new TestLog(3, _config, new LinuxDisk(), root);
    }

    private string PartitionPath(string name) => Path.Combine(_root, name, "orders-0");

    private string[] FilesOf(string name) =>
    [
        .. Directory.GetFiles(PartitionPath(name))
            .Select(static path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal),
    ];
}
