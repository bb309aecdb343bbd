using Barnabas.Kernel;
using Barnabas.Platform;
using FsCheck;
using FsCheck.Fluent;

namespace Barnabas.Records.Tests;

public class RoundTripTests
{
    private static readonly CompressionCodecs Codecs = NativeCodecs.Create();

    [Fact]
    public void Whatever_records_are_built_come_back_in_every_codec()
    {
        Gen<byte[]?> bytes = Gen.OneOf(
            Gen.Constant<byte[]?>(null),
            ArbMap.Default.GeneratorFor<byte[]>().Select(value => (byte[]?)value));
        Gen<RecordHeader> header =
            from key in ArbMap.Default.GeneratorFor<byte[]>()
            from value in bytes
            select new RecordHeader(key, value is null ? null : (ReadOnlyMemory<byte>?)value);
        Gen<TestRecord> record =
            from timestamp in ArbMap.Default.GeneratorFor<long>()
            from key in bytes
            from value in bytes
            from headers in header.ArrayOf()
            select new TestRecord(timestamp, key, value, headers);
        Gen<(TestRecord[] Records, CompressionType Codec, RecordBatchTemplate Template)> batch =
            from records in record.ArrayOf()
            from codec in Gen.Elements(Enum.GetValues<CompressionType>())
            from baseOffset in Gen.Choose(0, int.MaxValue)
            from producer in ArbMap.Default.GeneratorFor<long>()
            from epoch in ArbMap.Default.GeneratorFor<short>()
            from sequence in Gen.Choose(-1, int.MaxValue)
            from transactional in ArbMap.Default.GeneratorFor<bool>()
            select (records, codec, new RecordBatchTemplate
            {
                BaseOffset = new Offset(baseOffset),
                Compression = codec,
                Producer = new ProducerIdAndEpoch(producer, epoch),
                BaseSequence = sequence,
                IsTransactional = transactional,
            });
        Prop.ForAll(batch.ToArbitrary(), drawn => ComesBack(drawn.Records, drawn.Template))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static void ComesBack(TestRecord[] records, RecordBatchTemplate template)
    {
        byte[] bytes = TestBatch.Of(template, Codecs, records);
        var batch = new RecordBatch(bytes);
        Assert.True(batch.IsCrcValid());
        Assert.Equal(bytes.Length, batch.Size);
        Assert.Equal(template.Producer, batch.Producer);
        Assert.Equal(template.BaseSequence, batch.BaseSequence);
        Assert.Equal(template.IsTransactional, batch.IsTransactional);
        Assert.Equal(records.Length, batch.RecordCount);
        Assert.Equal(records.Select(record => record.Timestamp).Append(-1).Max(), batch.MaxTimestamp);
        Assert.Equal(
            records.Select((record, index) => (record with { Offset = template.BaseOffset.Value + index }).ToString()),
            TestBatch.Read(bytes, Codecs).Select(record => record.ToString()));
    }
}
