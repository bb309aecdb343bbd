using Barnabas.Kernel;

namespace Barnabas.Records.Tests;

/// <summary>What a sound batch gets, and what the other origins may do.</summary>
public class LeaderAppendTests : ValidatorTestBase
{
    [Theory]
    [MemberData(nameof(TypesAndNone))]
    public void A_sound_batch_gets_its_offsets_and_epoch_in_place(CompressionType type)
    {
        byte[] batch = Of(type, At(Now), At(Now + 5), At(Now - 5));
        uint crc = new RecordBatch(batch).Crc;
        ValidationResult result = Validate(batch);
        Assert.Equal(ErrorCode.None, result.Error);
        Assert.Null(result.Replacement);
        Assert.Equal(new Offset(500), result.BaseOffset);
        Assert.Equal(new Offset(502), result.LastOffset);
        Assert.Equal(Now + 5, result.MaxTimestamp);
        Assert.Equal(-1, result.LogAppendTime);
        Assert.Equal(batch.Length, result.ValidBytes);
        Assert.Equal(crc, new RecordBatch(batch).Crc);
        Assert.Equal(new LeaderEpoch(9), new RecordBatch(batch).PartitionLeaderEpoch);
        Assert.Equal([500L, 501, 502], TestBatch.Read(batch, Codecs).Select(record => record.Offset));
    }

    [Theory]
    [MemberData(nameof(TypesAndNone))]
    public void A_wrong_maximum_in_the_header_is_put_right(CompressionType type)
    {
        byte[] batch = Of(type, At(Now), At(Now + 5));
        new MutableRecordBatch(batch).SetMaxTimestamp(TimestampType.CreateTime, Now + 9000);
        Assert.Equal(Now + 5, Validate(batch).MaxTimestamp);
        Assert.Equal(Now + 5, new RecordBatch(batch).MaxTimestamp);
        Assert.True(new RecordBatch(batch).IsCrcValid());
    }

    [Theory]
    [MemberData(nameof(TypesAndNone))]
    public void A_topic_with_append_time_stamps_the_batch_in_place(CompressionType type)
    {
        byte[] batch = Of(type, At(5), At(1L << 61));
        ValidationResult result = Validate(batch, new AppendRules { TimestampType = TimestampType.LogAppendTime });
        Assert.Equal(ErrorCode.None, result.Error);
        Assert.Null(result.Replacement);
        Assert.Equal(Now, result.LogAppendTime);
        Assert.Equal(Now, result.MaxTimestamp);
        Assert.True(new RecordBatch(batch).IsCrcValid());
        Assert.Equal([Now, Now], TestBatch.Read(batch, Codecs).Select(record => record.Timestamp));
    }

    [Theory]
    [InlineData(CompressionType.None, CompressionType.Zstd)]
    [InlineData(CompressionType.Gzip, CompressionType.Lz4)]
    [InlineData(CompressionType.Snappy, CompressionType.None)]
    public void Another_codec_means_another_buffer_with_the_same_records(CompressionType from, CompressionType to)
    {
        TestRecord[] records = [At(Now), new TestRecord(Now + 1, null, [1, 2], new RecordHeader("h", null))];
        byte[] batch = TestBatch.Of(
            new RecordBatchTemplate
            {
                Compression = from,
                Producer = new ProducerIdAndEpoch(4, 2),
                BaseSequence = 17,
                IsTransactional = true,
            },
            Codecs,
            records);
        IEnumerable<TestRecord> moved = TestBatch.Read(batch, Codecs)
            .Select(record => record with { Offset = record.Offset + 500 });
        string[] before = [.. moved.Select(record => record.ToString())];
        ValidationResult result = Validate(batch, new AppendRules { Compression = to });
        byte[] written = result.Replacement!.Value.ToArray();
        var view = new RecordBatch(written);
        Assert.Equal(to, view.Compression);
        Assert.True(view.IsCrcValid());
        Assert.True(view.IsTransactional);
        Assert.Equal(new ProducerIdAndEpoch(4, 2), view.Producer);
        Assert.Equal(17, view.BaseSequence);
        Assert.Equal(new LeaderEpoch(9), view.PartitionLeaderEpoch);
        Assert.Equal(new Offset(501), result.LastOffset);
        Assert.Equal(before, TestBatch.Read(written, Codecs).Select(record => record.ToString()));
    }

    [Fact]
    public void A_batch_that_grows_beyond_the_topics_size_by_another_codec_is_refused()
    {
        byte[] batch = Of(CompressionType.Gzip, new TestRecord(Now, null, new byte[10_000]));
        var rules = new AppendRules { Compression = CompressionType.None, MaxMessageBytes = 5_000 };
        Refused(ErrorCode.MessageTooLarge, Validate(batch, rules));
    }

    [Theory]
    [MemberData(nameof(TypesAndNone))]
    public void Offsets_that_stand_still_are_written_anew(CompressionType type)
    {
        // Two records that both say they are the first of their batch.
        byte[] record = MalformedBatch.Record(0, 0, 0, 1, 1, 0);
        byte[] records = [.. record, .. record];
        if (type != CompressionType.None)
        {
            var compressed = new System.Buffers.ArrayBufferWriter<byte>();
            Codecs.Find(type)!.Compress(records, compressed);
            records = compressed.WrittenSpan.ToArray();
        }

        byte[] batch = MalformedBatch.With(
            MalformedBatch.With(MalformedBatch.Holding(records, type), RecordBatchLayout.RecordCount, 2),
            RecordBatchLayout.LastOffsetDelta,
            1);
        ValidationResult result = Validate(batch);
        byte[] written = result.Replacement!.Value.ToArray();
        Assert.Equal([500L, 501], TestBatch.Read(written, Codecs).Select(read => read.Offset));
    }

    [Fact]
    public void A_producer_cannot_claim_the_leaders_stamp()
    {
        byte[] batch = Plain(At(Now));
        new MutableRecordBatch(batch).SetMaxTimestamp(TimestampType.LogAppendTime, Now);
        var appendTime = new AppendRules { TimestampType = TimestampType.LogAppendTime };
        Refused(ErrorCode.InvalidTimestamp, Validate([.. batch], appendTime));
        // Where the producer's time counts, the batch's one time is taken as every record's, as Apache Kafka does.
        Assert.Equal(ErrorCode.None, Validate(batch).Error);
        Assert.Equal(TimestampType.CreateTime, new RecordBatch(batch).TimestampType);
    }

    [Fact]
    public void Timestamps_may_reach_exactly_as_far_as_the_topic_says()
    {
        var rules = new AppendRules { TimestampBeforeMaxMs = 100, TimestampAfterMaxMs = 50 };
        Assert.Equal(ErrorCode.None, Validate(Plain(At(Now - 100), At(Now + 50)), rules).Error);
        ValidationResult result = Validate(Plain(At(Now - 101), At(Now), At(Now + 51)), rules);
        Refused(ErrorCode.InvalidTimestamp, result);
        Assert.Equal([0, 2], result.RecordErrors!.Select(error => error.Index));
    }

    [Fact]
    public void Only_so_many_records_are_named()
    {
        var records = new TestRecord[1000];
        Array.Fill(records, At(Now, null));
        ValidationResult result = Validate(Plain(records), new AppendRules { IsCompacted = true });
        Assert.Equal(RecordBatchValidator.MaxRecordErrors, result.RecordErrors!.Count);
    }

    [Fact]
    public void A_coordinator_may_write_markers()
    {
        var builder = new RecordBatchBuilder(Codecs, 1000);
        builder.Reset(new RecordBatchTemplate { IsControl = true, IsTransactional = true, Producer = new(3, 1) });
        byte[] value = new byte[ControlRecord.EndTransactionSize];
        ControlRecord.WriteEndTransaction(value, coordinatorEpoch: 6);
        Assert.True(builder.TryAppendControl(ControlRecordType.Commit, Now, value));
        byte[] batch = builder.Build().ToArray();
        Refused(ErrorCode.InvalidRecord, Validate([.. batch]));
        // Nor is a marker ever compressed, whatever the topic asks.
        ValidationResult result = Validate(
            batch, new AppendRules { Compression = CompressionType.Zstd }, AppendOrigin.Coordinator);
        Assert.Equal(ErrorCode.None, result.Error);
        Assert.Null(result.Replacement);
        Assert.True(new RecordBatch(batch).IsControl);
    }

    [Fact]
    public void The_quorums_leader_sets_offsets_and_epoch_itself()
    {
        byte[] batch = TestBatch.Of(
            new RecordBatchTemplate { BaseOffset = new Offset(500), PartitionLeaderEpoch = new LeaderEpoch(9) },
            Codecs,
            At(Now),
            At(Now));
        byte[] before = [.. batch];
        ValidationResult result = Validate(batch, origin: AppendOrigin.RaftLeader);
        Assert.Equal(ErrorCode.None, result.Error);
        Assert.Equal(new Offset(501), result.LastOffset);
        Assert.Equal(before, batch);
        new MutableRecordBatch(batch).SetBaseOffset(new Offset(499));
        Refused(ErrorCode.InvalidRecord, Validate(batch, origin: AppendOrigin.RaftLeader));
        new MutableRecordBatch(batch).SetBaseOffset(new Offset(500));
        new MutableRecordBatch(batch).SetPartitionLeaderEpoch(new LeaderEpoch(8));
        Refused(ErrorCode.InvalidRecord, Validate(batch, origin: AppendOrigin.RaftLeader));
    }

    // Without gzip: the runtime offers it as a stream only, which is some objects per batch.
    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void A_sound_batch_costs_no_memory(CompressionType type)
    {
        byte[] batch = Of(type, At(Now), At(Now), At(Now));
        var rules = new AppendRules();
        byte[] work = new byte[batch.Length];
        long before = 0;
        for (int round = 0; round < 200; round++)
        {
            if (round == 100)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            batch.CopyTo(work, 0);
            Validate(work, rules);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
