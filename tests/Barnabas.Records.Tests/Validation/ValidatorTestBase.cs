using Barnabas.Kernel;
using Barnabas.Platform;

namespace Barnabas.Records.Tests;

/// <summary>A leader at offset 500, epoch 9, at a fixed time.</summary>
public abstract class ValidatorTestBase
{
    protected const long Now = 1_700_000_000_000;

    internal static readonly CompressionCodecs Codecs = NativeCodecs.Create();

    private static readonly RecordBatchValidator Validator = new(Codecs, new RecordScratchPool(2));

    public static TheoryData<CompressionType> Types =>
        [CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd];

    public static TheoryData<CompressionType> TypesAndNone =>
    [
        CompressionType.None, CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd,
    ];

    protected static ValidationResult Validate(
        Span<byte> records, AppendRules? rules = null, AppendOrigin origin = AppendOrigin.Client) =>
        Validator.Validate(
            records,
            rules ?? new AppendRules(),
            new AppendContext(origin, new Offset(500), new LeaderEpoch(9), Now));

    protected static void Refused(ErrorCode error, ValidationResult result)
    {
        Assert.Equal(error, result.Error);
        Assert.False(string.IsNullOrWhiteSpace(result.Message));
        Assert.Equal(Offset.None, result.BaseOffset);
        Assert.Null(result.Replacement);
    }

    internal static byte[] Plain(params ReadOnlySpan<TestRecord> records) => Of(CompressionType.None, records);

    internal static byte[] Of(CompressionType compression, params ReadOnlySpan<TestRecord> records) =>
        TestBatch.Of(new RecordBatchTemplate { Compression = compression }, Codecs, records);

    internal static TestRecord At(long timestamp, string? key = "k") => new(key, "v", timestamp);
}
