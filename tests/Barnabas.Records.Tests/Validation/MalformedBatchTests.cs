using System.Text;
using Barnabas.Kernel;

namespace Barnabas.Records.Tests;

/// <summary>
/// The menu of malformed batches, row by row. The errors are those that Apache Kafka was seen to answer with; a comment
/// says where ours is another.
/// </summary>
public class MalformedBatchTests : ValidatorTestBase
{
    private static readonly byte[] One = Plain(At(Now));
    private static readonly byte[] Two = Plain(At(Now), At(Now));

    [Fact]
    public void M16_a_wrong_checksum_is_told_apart_so_that_acks_0_can_close_the_connection()
    {
        byte[] batch = [.. One];
        batch[^1] ^= 1;
        Refused(ErrorCode.CorruptMessage, Validate(batch));
    }

    [Fact]
    public void M17_exactly_one_batch_of_the_current_magic()
    {
        Refused(ErrorCode.InvalidRecord, Validate([]));
        Refused(ErrorCode.InvalidRecord, Validate([.. One, .. One]));
        Refused(ErrorCode.CorruptMessage, Validate(MalformedBatch.WithMagic(One, 3)));
        Refused(ErrorCode.CorruptMessage, Validate(MalformedBatch.WithMagic(One, 0xFF)));
        Refused(ErrorCode.InvalidRecord, Validate(MalformedBatch.WithMagic(One, 1)));
        Refused(ErrorCode.InvalidRecord, Validate(MalformedBatch.WithMagic(One, 0)));
    }

    [Fact]
    public void M17_a_cut_batch_behind_the_first_is_dropped()
    {
        byte[] records = [.. One, .. One.AsSpan(0, 40)];
        ValidationResult result = Validate(records);
        Assert.Equal(ErrorCode.None, result.Error);
        Assert.Equal(One.Length, result.ValidBytes);
    }

    [Fact]
    public void M18_every_flipped_bit_behind_the_checksum_is_seen_and_changes_nothing()
    {
        for (int at = RecordBatchLayout.Crc; at < One.Length; at++)
        {
            byte[] batch = [.. One];
            batch[at] ^= (byte)(1 << (at % 8));
            byte[] before = [.. batch];
            Refused(ErrorCode.CorruptMessage, Validate(batch));
            Assert.Equal(before, batch);
        }
    }

    [Fact]
    public void M19_lengths()
    {
        Refused(ErrorCode.CorruptMessage, Validate(MalformedBatch.WithLength(One, 10)));
        Refused(ErrorCode.CorruptMessage, Validate(MalformedBatch.WithLength(One, -5)));
        Refused(ErrorCode.CorruptMessage, Validate(MalformedBatch.WithLength(One, int.MinValue)));
        Refused(ErrorCode.CorruptMessage, Validate(MalformedBatch.WithLength(One, int.MaxValue)));
        // Enough for magic 1 but not for magic 2: Apache Kafka reads beyond the end and answers -1.
        Refused(ErrorCode.CorruptMessage, Validate(MalformedBatch.WithLength(One, 20)));
        Refused(ErrorCode.InvalidRecord, Validate(MalformedBatch.WithLength(One, One.Length)));
        Refused(ErrorCode.InvalidRecord, Validate(One.AsSpan(0, 11).ToArray()));
        byte[] large = Plain(new TestRecord(Now, null, new byte[1_200_000]));
        Refused(ErrorCode.MessageTooLarge, Validate(large));
        Assert.Equal(ErrorCode.None, Validate(large, new AppendRules { MaxMessageBytes = large.Length }).Error);
    }

    [Fact]
    public void M20_offsets_and_counts_that_do_not_fit()
    {
        Refused(ErrorCode.InvalidRecord, Validate(MalformedBatch.With(One, RecordBatchLayout.BaseOffset + 4, 5)));
        Refused(ErrorCode.InvalidRecord, Validate(WithCount(One, 2, lastOffsetDelta: 1)));
        Refused(ErrorCode.InvalidRecord, Validate(WithCount(One, 1, lastOffsetDelta: 5)));
        Refused(ErrorCode.InvalidRecord, Validate(WithCount(One, -1, lastOffsetDelta: 0)));
        Refused(ErrorCode.InvalidRecord, Validate(WithCount(One, 0, lastOffsetDelta: 0)));
        Refused(ErrorCode.InvalidRecord, Validate(WithCount(One, 0, lastOffsetDelta: -1)));
        Refused(ErrorCode.InvalidRecord, Validate(WithCount(One, int.MaxValue, lastOffsetDelta: int.MaxValue - 1)));
        Refused(ErrorCode.InvalidRecord, Validate(WithCount(Two, 1, lastOffsetDelta: 0)));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void M20_counts_within_compressed_batches(CompressionType type)
    {
        byte[] two = Of(type, At(Now), At(Now));
        Refused(ErrorCode.InvalidRecord, Validate(WithCount(two, 3, lastOffsetDelta: 2)));
        Refused(ErrorCode.InvalidRecord, Validate(WithCount(two, 1, lastOffsetDelta: 0)));
    }

    [Fact]
    public void M21_what_only_brokers_or_complete_producers_may_send()
    {
        byte[] control = MalformedBatch.WithAttributes(One, RecordBatchLayout.ControlFlag);
        Refused(ErrorCode.InvalidRecord, Validate(control));
        byte[] producer = [.. One];
        new MutableRecordBatch(producer).SetProducer(new ProducerIdAndEpoch(7, 0), RecordBatch.NoSequence, false);
        Refused(ErrorCode.InvalidRecord, Validate(producer));
        new MutableRecordBatch(producer).SetProducer(new ProducerIdAndEpoch(7, 0), 5, false);
        Assert.Equal(ErrorCode.None, Validate(producer).Error);
    }

    [Theory]
    [MemberData(nameof(TypesAndNone))]
    public void M22_records_that_contradict_themselves(CompressionType type)
    {
        // Attributes, timestamp delta, offset delta; then key, value, headers as each case has them.
        byte[][] bodies =
        [
            [],
            [0],
            [0, 0, 0, 100, 1, 1, 0],
            [0, 0, 0, 1, 40, 0],
            [0, 0, 0, 1, 1, .. Signed(1_000_000)],
            [0, 0, 0, 1, 1, .. Signed(-1)],
            [0, 0, 0, 1, 1, 2, 1, 1],
            [0, 0, 0, 1, 1, 2, 2, (byte)'h', 60],
            [0, 0, 0, 1, 1, 0, 0],
            [0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0, 1, 1, 0],
        ];
        foreach (byte[] body in bodies)
        {
            Refused(ErrorCode.InvalidRecord, Validate(Compressed(type, MalformedBatch.Record(body))));
        }

        byte[] sound = MalformedBatch.Record(0, 0, 0, 1, 1, 0);
        Assert.Equal(ErrorCode.None, Validate(Compressed(type, sound)).Error);
        Refused(ErrorCode.InvalidRecord, Validate(Compressed(type, [.. sound, 0])));
        Refused(ErrorCode.InvalidRecord, Validate(Compressed(type, sound[..^1])));
        Refused(ErrorCode.InvalidRecord, Validate(Compressed(type, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0])));
    }

    [Fact]
    public void M23_bytes_that_no_codec_understands_are_not_retried()
    {
        byte[] garbage = Encoding.ASCII.GetBytes("this is none of the formats, and long enough for all of them");
        foreach (int codec in (int[])[1, 2, 3, 4, 5, 6, 7])
        {
            byte[] batch = MalformedBatch.Holding(garbage, (CompressionType)codec);
            Refused(ErrorCode.UnknownServerError, Validate(batch));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void M23_cut_streams_are_not_retried(CompressionType type)
    {
        byte[] whole = Of(type, At(Now), At(Now));
        byte[] payload = whole[RecordBatch.HeaderSize..^3];
        ValidationResult result = Validate(MalformedBatch.Holding(payload, type));
        Refused(ErrorCode.UnknownServerError, result);
    }

    [Fact]
    public void M23_zstd_needs_version_7()
    {
        byte[] batch = Of(CompressionType.Zstd, At(Now));
        Assert.Equal(ErrorCode.UnsupportedCompressionType, ProduceRecords.Check(batch, 6, out string? message));
        Assert.NotNull(message);
        Assert.Equal(ErrorCode.None, ProduceRecords.Check(batch, 7, out _));
        Assert.Equal(ErrorCode.None, ProduceRecords.Check(One, 3, out _));
        Assert.Equal(ErrorCode.InvalidRecord, ProduceRecords.Check([], 9, out _));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_record_may_not_grow_beyond_its_limit_when_it_is_decompressed(CompressionType type)
    {
        byte[] batch = Of(type, new TestRecord(Now, null, new byte[100]), new TestRecord(Now, null, new byte[2_000]));
        var rules = new AppendRules { MaxDecompressedRecordBytes = 1_000 };
        ValidationResult result = Validate(batch, rules);
        Refused(ErrorCode.InvalidRecord, result);
        Assert.Equal(1, Assert.Single(result.RecordErrors!).Index);
        Assert.Equal(ErrorCode.None, Validate(batch, rules with { MaxDecompressedRecordBytes = 2_100 }).Error);
    }

    [Fact]
    public void The_limit_of_decompressed_records_is_for_compressed_batches_alone()
    {
        byte[] plain = Of(CompressionType.None, new TestRecord(Now, null, new byte[2_000]));
        Assert.Equal(
            ErrorCode.None, Validate(plain, new AppendRules { MaxDecompressedRecordBytes = 1_000 }).Error);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void M24_a_bomb_is_refused_by_default_and_passes_with_the_limit_off(CompressionType type)
    {
        byte[] bomb = Of(type, new TestRecord(Now, null, new byte[70 * 1024 * 1024]));
        // Snappy cannot pack tighter than 22 to 1: what it expands to is never out of proportion.
        var rules = new AppendRules { MaxMessageBytes = int.MaxValue };
        AppendRules strict = type == CompressionType.Snappy
            ? rules with { DecompressionLimit = new DecompressionLimit(1024 * 1024, 10) }
            : rules;
        Refused(ErrorCode.MessageTooLarge, Validate(bomb, strict));
        AppendRules off = rules with { DecompressionLimit = DecompressionLimit.Off };
        Assert.Equal(ErrorCode.None, Validate(bomb, off).Error);
    }

    [Fact]
    public void M25_timestamps_and_keys()
    {
        ValidationResult late = Validate(Plain(At(Now), At(1L << 62)));
        Refused(ErrorCode.InvalidTimestamp, late);
        Assert.Equal(1, Assert.Single(late.RecordErrors!).Index);
        Assert.Equal(ErrorCode.None, Validate(Plain(At(-5))).Error);
        Assert.Equal(ErrorCode.None, Validate(Plain(At(-1))).Error);
        ValidationResult keyless = Validate(Plain(At(Now), At(Now, null)), new AppendRules { IsCompacted = true });
        Refused(ErrorCode.InvalidRecord, keyless);
        Assert.Equal(1, Assert.Single(keyless.RecordErrors!).Index);
    }

    private static byte[] WithCount(byte[] batch, int count, int lastOffsetDelta) => MalformedBatch.With(
        MalformedBatch.With(batch, RecordBatchLayout.RecordCount, count),
        RecordBatchLayout.LastOffsetDelta,
        lastOffsetDelta);

    private static byte[] Compressed(CompressionType type, byte[] records)
    {
        if (type == CompressionType.None)
        {
            return MalformedBatch.Holding(records);
        }

        var compressed = new System.Buffers.ArrayBufferWriter<byte>();
        Codecs.Find(type)!.Compress(records, compressed);
        return MalformedBatch.Holding(compressed.WrittenSpan, type);
    }

    private static byte[] Signed(int value)
    {
        byte[] bytes = new byte[Varint.MaxSize32];
        return bytes[..Varint.WriteSigned(bytes, value)];
    }
}
