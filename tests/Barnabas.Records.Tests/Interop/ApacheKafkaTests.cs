using Barnabas.Kernel;
using Barnabas.Platform;

namespace Barnabas.Records.Tests;

/// <summary>
/// Batches go both ways between this room and Apache Kafka's own library, described in the same words.
/// </summary>
public sealed class ApacheKafkaTests(JudgeFixture judge) : IClassFixture<JudgeFixture>
{
    private const long Time = 1_650_000_000_000;

    private static readonly CompressionCodecs Codecs = NativeCodecs.Create();

    [ApacheKafkaFact]
    public void What_Apache_Kafka_writes_is_read_record_by_record()
    {
        string[] files = Directory.GetFiles(judge.Written, "*.batches");
        // Magic 0: 4 codecs. Magic 1: 4, stamped or not. Magic 2: 5, stamped or not. And the control batches.
        Assert.Equal(4 + (2 * 4) + (2 * 5) + 1, files.Length);
        foreach (string file in files)
        {
            string[] expected = File.ReadAllLines(Path.ChangeExtension(file, ".lines"));
            Assert.Equal(expected, Describe(File.ReadAllBytes(file)));
        }
    }

    [ApacheKafkaFact]
    public void Apache_Kafka_reads_what_is_written_here()
    {
        foreach ((string name, byte[] bytes) in OurBatches())
        {
            File.WriteAllBytes(Path.Combine(judge.Ours, $"{name}.batches"), bytes);
        }

        judge.Judge("read", judge.Ours);
        foreach ((string name, byte[] bytes) in OurBatches())
        {
            Assert.Equal(File.ReadAllLines(Path.Combine(judge.Ours, $"{name}.lines")), Describe(bytes));
        }
    }

    [ApacheKafkaFact]
    public void Without_compression_both_write_the_same_bytes()
    {
        foreach (string name in (string[])["v2-none", "v2-none-stamped", "control"])
        {
            byte[] theirs = File.ReadAllBytes(Path.Combine(judge.Written, $"{name}.batches"));
            foreach (RecordBatch batch in new RecordBatchIterator(theirs))
            {
                Assert.Equal(batch.Bytes.ToArray(), Rebuild(batch));
            }
        }
    }

    private static byte[] Rebuild(RecordBatch batch)
    {
        var builder = new RecordBatchBuilder(Codecs, batch.Size);
        builder.Reset(new RecordBatchTemplate
        {
            BaseOffset = batch.BaseOffset,
            PartitionLeaderEpoch = batch.PartitionLeaderEpoch,
            Producer = batch.Producer,
            BaseSequence = batch.BaseSequence,
            IsTransactional = batch.IsTransactional,
            IsControl = batch.IsControl,
        });
        // The deltas lie beneath the stamp: read them as the producer's.
        byte[] unstamped = batch.Bytes.ToArray();
        var copy = new MutableRecordBatch(unstamped);
        copy.SetMaxTimestamp(TimestampType.CreateTime, batch.MaxTimestamp);
        foreach (Record record in new RecordReader(copy.View))
        {
            Assert.True(builder.TryAppend(record.Offset, record));
        }

        byte[] built = builder.Build().ToArray();
        new MutableRecordBatch(built).SetMaxTimestamp(batch.TimestampType, batch.MaxTimestamp);
        return built;
    }

    private static List<(string Name, byte[] Bytes)> OurBatches()
    {
        TestRecord[] records =
        [
            new("key", "value", Time),
            new(Time - 3, null, [], new RecordHeader("h", new byte[] { 1 }), new RecordHeader("", null)),
            new("", null, Time + 1),
            new(Time, [1], new byte[200_000]),
        ];
        var batches = new List<(string, byte[])>
        {
            ("control", Control()),
            ("gaps", WithGaps(records)),
            ("horizon", TestBatch.Of(new RecordBatchTemplate { DeleteHorizonMs = Time + 5000 }, Codecs, records)),
            ("stamped", TestBatch.Of(new RecordBatchTemplate { LogAppendTime = Time + 1 }, Codecs, records)),
        };
        foreach (CompressionType codec in Enum.GetValues<CompressionType>())
        {
            var template = new RecordBatchTemplate
            {
                Compression = codec,
                BaseOffset = new Offset(long.MaxValue - 1000),
                PartitionLeaderEpoch = new LeaderEpoch(int.MaxValue),
                Producer = new ProducerIdAndEpoch(5, short.MaxValue),
                BaseSequence = 9,
                IsTransactional = true,
            };
            batches.Add(($"codec-{codec}", TestBatch.Of(template, Codecs, records)));
            foreach (int level in Levels(codec))
            {
                var levelled = new RecordBatchTemplate { Compression = codec, CompressionLevel = level };
                batches.Add(($"codec-{codec}-{level}", TestBatch.Of(levelled, Codecs, records)));
            }
        }

        return batches;
    }

    private static int[] Levels(CompressionType codec) => codec switch
    {
        CompressionType.Gzip => [-1, 1, 9],
        CompressionType.Lz4 => [1, 9, 17],
        CompressionType.Zstd => [-131072, 3, 22],
        _ => [],
    };

    private static byte[] Control()
    {
        var builder = new RecordBatchBuilder(Codecs, 1000);
        byte[] value = new byte[ControlRecord.EndTransactionSize];
        ControlRecord.WriteEndTransaction(value, coordinatorEpoch: 1234);
        var all = new List<byte>();
        foreach (ControlRecordType type in (ControlRecordType[])[ControlRecordType.Abort, ControlRecordType.Commit])
        {
            builder.Reset(new RecordBatchTemplate { IsControl = true, IsTransactional = true, Producer = new(8, 1) });
            Assert.True(builder.TryAppendControl(type, Time, value));
            all.AddRange(builder.Build().ToArray());
        }

        for (ControlRecordType type = ControlRecordType.LeaderChange; type <= ControlRecordType.KRaftVoters; type++)
        {
            builder.Reset(new RecordBatchTemplate { IsControl = true });
            Assert.True(builder.TryAppendControl(type, Time, [0, 0, 0]));
            all.AddRange(builder.Build().ToArray());
        }

        return [.. all];
    }

    /// <summary>What compaction leaves: records missing between, and at the end.</summary>
    private static byte[] WithGaps(TestRecord[] records)
    {
        var builder = new RecordBatchBuilder(Codecs, 1_000_000);
        builder.Reset(new RecordBatchTemplate { BaseOffset = new Offset(100) });
        byte[] whole = TestBatch.Of(new RecordBatchTemplate { BaseOffset = new Offset(100) }, Codecs, records);
        foreach (Record record in new RecordReader(new RecordBatch(whole)))
        {
            if (record.Offset.Value is 101 or 102)
            {
                Assert.True(builder.TryAppend(record.Offset, record));
            }
        }

        return builder.Build(lastOffsetDelta: 3).ToArray();
    }

    /// <summary>The words of the judge.</summary>
    private static List<string> Describe(byte[] bytes)
    {
        var lines = new List<string>();
        var scratch = new RecordScratch();
        var batches = new RecordBatchIterator(bytes);
        while (batches.MoveNext())
        {
            RecordBatch batch = batches.Current;
            Assert.True(batch.IsCrcValid());
            lines.Add(Header(batch));
            RecordReader reader = scratch.Read(batch, Codecs, DecompressionLimit.Default);
            while (reader.MoveNext())
            {
                string line = TestRecord.From(reader.Current).ToString();
                lines.Add(batch.IsControl ? $"{line} {DescribeControl(reader.Current)}" : line);
            }

            Assert.Equal(RecordFault.None, reader.Fault);
        }

        Assert.Equal(BatchFrame.Whole, batches.End);
        return lines;
    }

    private static string Header(RecordBatch batch) =>
        $"batch magic={batch.Magic} last={batch.LastOffset} size={batch.Size} epoch={batch.PartitionLeaderEpoch}"
        + $" producer={batch.Producer.ProducerId}/{batch.Producer.Epoch}"
        + $" sequence={batch.BaseSequence}..{batch.LastSequence} count={batch.RecordCount} max={batch.MaxTimestamp}"
        + $" stamped={Word(batch.TimestampType == TimestampType.LogAppendTime)} codec={(int)batch.Compression}"
        + $" transactional={Word(batch.IsTransactional)} control={Word(batch.IsControl)}"
        + $" horizon={batch.DeleteHorizonMs ?? -1}";

    private static string DescribeControl(Record record)
    {
        Assert.True(ControlRecord.TryReadKey(record.Key.Span, out ControlRecordType type));
        if (type is not (ControlRecordType.Abort or ControlRecordType.Commit))
        {
            return $"{(short)type}";
        }

        Assert.True(ControlRecord.TryReadEndTransaction(record.Value.Span, out int coordinatorEpoch));
        return $"{(short)type} {coordinatorEpoch}";
    }

    private static string Word(bool value) => value ? "true" : "false";
}
