using Barnabas.Kernel;

namespace Barnabas.Records.Tests;

/// <summary>Batches for tests, and a copy of each record as something that can be compared.</summary>
internal static class TestBatch
{
    public static readonly CompressionCodecs NoCodecs = new();

    public static byte[] Of(
        RecordBatchTemplate template, CompressionCodecs codecs, params ReadOnlySpan<TestRecord> records)
    {
        var builder = new RecordBatchBuilder(codecs, 128 * 1024 * 1024);
        builder.Reset(template);
        foreach (TestRecord record in records)
        {
            Assert.True(builder.TryAppend(record.Timestamp, record.Key, record.Value, record.Headers));
        }

        return builder.Build().ToArray();
    }

    public static byte[] Of(params ReadOnlySpan<TestRecord> records) =>
        Of(new RecordBatchTemplate(), NoCodecs, records);

    public static List<TestRecord> Read(ReadOnlySpan<byte> bytes, CompressionCodecs? codecs = null)
    {
        var scratch = new RecordScratch();
        RecordReader reader = scratch.Read(
            new RecordBatch(bytes), codecs ?? NoCodecs, DecompressionLimit.Default);
        var records = new List<TestRecord>();
        while (reader.MoveNext())
        {
            records.Add(TestRecord.From(reader.Current));
        }

        Assert.Equal(RecordFault.None, reader.Fault);
        return records;
    }
}
