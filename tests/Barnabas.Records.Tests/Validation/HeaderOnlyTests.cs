using Barnabas.Kernel;

namespace Barnabas.Records.Tests;

/// <summary>What is still seen, and what no longer is, when compressed batches are not looked into.</summary>
public class HeaderOnlyTests : ValidatorTestBase
{
    private static readonly AppendRules Rules = new() { Depth = ValidationDepth.HeaderOnly };

    [Theory]
    [MemberData(nameof(Types))]
    public void A_compressed_batch_is_stored_by_its_header(CompressionType type)
    {
        byte[] batch = Of(type, At(Now), At(Now + 1));
        ValidationResult result = Validate(batch, Rules);
        Assert.Equal(ErrorCode.None, result.Error);
        Assert.Equal(new Offset(501), result.LastOffset);
        Assert.Equal(Now + 1, result.MaxTimestamp);
        Assert.True(new RecordBatch(batch).IsCrcValid());
    }

    [Fact]
    public void What_it_cannot_see_is_exactly_this()
    {
        byte[] garbage = MalformedBatch.Holding(new byte[100], CompressionType.Zstd);
        Assert.Equal(ErrorCode.None, Validate(garbage, Rules).Error);
        byte[] two = Of(CompressionType.Lz4, At(Now), At(Now));
        byte[] three = MalformedBatch.With(
            MalformedBatch.With(two, RecordBatchLayout.RecordCount, 3), RecordBatchLayout.LastOffsetDelta, 2);
        Assert.Equal(ErrorCode.None, Validate(three, Rules).Error);
        byte[] between = Of(CompressionType.Lz4, At(Now), At(5), At(Now));
        Assert.Equal(ErrorCode.None, Validate(between, Rules with { TimestampBeforeMaxMs = 100 }).Error);
    }

    [Fact]
    public void The_header_is_checked_as_ever()
    {
        byte[] batch = Of(CompressionType.Zstd, At(Now), At(Now));
        Refused(ErrorCode.InvalidRecord, Validate(MalformedBatch.With(batch, RecordBatchLayout.RecordCount, 3), Rules));
        Refused(ErrorCode.InvalidTimestamp, Validate(Of(CompressionType.Zstd, At(1L << 62)), Rules));
        Refused(
            ErrorCode.InvalidTimestamp,
            Validate(Of(CompressionType.Zstd, At(5), At(Now)), Rules with { TimestampBeforeMaxMs = 100 }));
        byte[] damaged = [.. batch];
        damaged[^1] ^= 1;
        Refused(ErrorCode.CorruptMessage, Validate(damaged, Rules));
    }

    [Fact]
    public void Without_compression_every_record_is_still_read()
    {
        byte[] batch = MalformedBatch.Holding(MalformedBatch.Record(0, 0, 0, 100, 1, 0));
        Refused(ErrorCode.InvalidRecord, Validate(batch, Rules));
    }

    [Fact]
    public void Compacted_topics_and_other_codecs_are_still_read_in_full()
    {
        byte[] keyless = Of(CompressionType.Zstd, At(Now, null));
        Refused(ErrorCode.InvalidRecord, Validate([.. keyless], Rules with { IsCompacted = true }));
        ValidationResult result = Validate(keyless, Rules with { Compression = CompressionType.Lz4 });
        Assert.Equal(CompressionType.Lz4, new RecordBatch(result.Replacement!.Value.Span).Compression);
    }
}
