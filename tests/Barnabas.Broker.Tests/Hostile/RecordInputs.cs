using System.Buffers.Binary;
using System.Text;
using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Broker.Tests;

/// <summary>
/// What is wrong with the records of a Produce. The topic <c>t</c> has one partition, <c>compacted</c> too.
/// </summary>
internal static class RecordInputs
{
    private const short ByName = 9;

    public static IEnumerable<HostileInput> All() =>
        [
            .. Targets(), .. Framing(), .. Offsets(), .. Producers(), .. InnerRecords(), .. Compressed(),
            .. Bombs(), .. Times(),
        ];

    private static IEnumerable<HostileInput> Targets()
    {
        yield return new(
            "M13", "produce to '..'", "3", static () => Frame(Wire.Produce("..", TestBatch.Of("a"))), Error);
        yield return new(
            "M13", "produce to '../x'", "3", static () => Frame(Wire.Produce("../x", TestBatch.Of("a"))), Error);
        yield return new("M13", "produce to ''", "3", static () => Frame(Wire.Produce("", TestBatch.Of("a"))), Error);
        yield return new(
            "M14",
            "produce to __cluster_metadata",
            "3",
            static () => Frame(Wire.Produce("__cluster_metadata", TestBatch.Of("a"))),
            Error);
        yield return new(
            "M16", "acks 5", "21", static () => Frame(Wire.Produce("t", TestBatch.Of("a"), acks: 5)), Error);
        yield return new(
            "M16", "acks -2", "21", static () => Frame(Wire.Produce("t", TestBatch.Of("a"), acks: -2)), Error);
        yield return new(
            "M16",
            "acks 0 with a wrong checksum",
            "close",
            static () => Frame(Wire.Produce("t", WrongChecksum(), acks: 0)));
        yield return new(
            "M26", "partition 99", "3", static () => Frame(Wire.Produce("t", TestBatch.Of("a"), partition: 99)), Error);
        yield return new(
            "M26", "partition -1", "3", static () => Frame(Wire.Produce("t", TestBatch.Of("a"), partition: -1)), Error);
        yield return new(
            "M26",
            "partition 2^31-1",
            "3",
            static () => Frame(Wire.Produce("t", TestBatch.Of("a"), partition: int.MaxValue)),
            Error);
    }

    private static IEnumerable<HostileInput> Framing()
    {
        yield return Records("M17", "no batch", "87", static () => []);
        yield return Records("M17", "two batches", "87", static () => [.. TestBatch.Of("a"), .. TestBatch.Of("b")]);
        yield return Records("M17", "magic 3", "2", static () => With(TestBatch.MagicAt, 3));
        yield return Records("M17", "magic -1", "2", static () => With(TestBatch.MagicAt, 0xff));
        yield return Records("M17", "magic 1", "87", static () => With(TestBatch.MagicAt, 1));
        yield return Records("M18", "wrong checksum", "2", WrongChecksum);
        yield return Records("M18", "a flipped bit in a record", "2", static () => With(TestBatch.RecordsAt + 4, 0x55));
        yield return Records("M19", "batch length 10", "2", static () => WithInt32(TestBatch.LengthAt, 10));
        yield return Records("M19", "batch length -5", "2", static () => WithInt32(TestBatch.LengthAt, -5));
        yield return Records(
            "M19", "batch longer than the field", "87", static () => WithInt32(TestBatch.LengthAt, 100_000));
        yield return Records(
            "M19", "batch of 1.2 MB", "10", static () => TestBatch.Of(new string('x', 1_200_000)));
    }

    private static IEnumerable<HostileInput> Offsets()
    {
        yield return Records("M20", "base offset 5", "87", static () => Sealed(7, 5));
        yield return Records(
            "M20", "count 2 of one record", "87", static () => SealedInt32(TestBatch.CountAt, 2));
        yield return Records(
            "M20", "count 1 and last offset delta 5", "87", static () => SealedInt32(TestBatch.LastOffsetDeltaAt, 5));
        yield return Records("M20", "count -1", "87", static () => SealedInt32(TestBatch.CountAt, -1));
        yield return Records("M20", "count 0", "87", static () => SealedInt32(TestBatch.CountAt, 0));
        yield return Records(
            "M20",
            "count 1 of two records",
            "87",
            static () => TestBatch.Sealed(TestBatch.Of("a", "b"), static bytes =>
            {
                TestBatch.PutInt32(bytes, TestBatch.CountAt, 1);
                TestBatch.PutInt32(bytes, TestBatch.LastOffsetDeltaAt, 0);
            }));
        yield return Records(
            "M20", "count 2^31-1", "87", static () => SealedInt32(TestBatch.CountAt, int.MaxValue));
    }

    private static IEnumerable<HostileInput> Producers()
    {
        yield return Records("M21", "control batch", "87", TestBatch.Control);
        yield return Records(
            "M21",
            "producer id without sequence",
            "87",
            static () => TestBatch.Of(new RecordBatchTemplate { Producer = new ProducerIdAndEpoch(77, 0) }, "a"));
        yield return Records(
            "M21",
            "transactional without transactional id",
            "53",
            static () => TestBatch.Of(
                new RecordBatchTemplate
                {
                    Producer = new ProducerIdAndEpoch(78, 0),
                    BaseSequence = 0,
                    IsTransactional = true,
                },
                "a"));
        yield return Records(
            "M21",
            "an unknown producer that begins at 5",
            "ok",
            static () => TestBatch.Of(
                new RecordBatchTemplate
                {
                    Producer = new ProducerIdAndEpoch(Random.Shared.NextInt64(1_000, long.MaxValue), 0),
                    BaseSequence = 5,
                },
                "a"));
    }

    private static IEnumerable<HostileInput> InnerRecords()
    {
        // length, attributes, timestamp delta, offset delta, key length, ...: all zigzag varints.
        yield return Records(
            "M22", "key beyond the record", "87", static () => TestBatch.Raw(1, [12, 0, 0, 0, 200, 1, 1]));
        yield return Records(
            "M22", "value beyond the record", "87", static () => TestBatch.Raw(1, [14, 0, 0, 0, 1, 200, 1, 0]));
        yield return Records(
            "M22", "10^6 headers", "87", static () => TestBatch.Raw(1, [16, 0, 0, 0, 1, 1, 0x80, 0x89, 0x7a]));
        yield return Records("M22", "-1 headers", "87", static () => TestBatch.Raw(1, [12, 0, 0, 0, 1, 1, 1]));
        yield return Records(
            "M22", "header without key", "87", static () => TestBatch.Raw(1, [16, 0, 0, 0, 1, 1, 2, 1, 1]));
        yield return Records("M22", "record of length -1", "87", static () => TestBatch.Raw(1, [1, 0, 0, 0, 1, 1, 0]));
        yield return Records(
            "M22", "record longer than the batch", "87", static () => TestBatch.Raw(1, [200, 1, 0, 0, 0, 1, 1, 0]));
        yield return Records("M22", "no records behind the header", "87", static () => TestBatch.Raw(1, []));
    }

    private static IEnumerable<HostileInput> Compressed()
    {
        yield return Records("M23", "codec 5", "-1", static () => TestBatch.Raw(1, [1, 2, 3, 4], attributes: 5));
        yield return Records("M23", "codec 7", "-1", static () => TestBatch.Raw(1, [1, 2, 3, 4], attributes: 7));
        foreach (CompressionType codec in (CompressionType[])[
            CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd])
        {
            yield return Records(
                "M23",
                $"garbage as {codec}",
                "-1",
                () => TestBatch.Raw(1, [0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4, 5, 6, 7, 8], attributes: (short)codec));
        }

        yield return Records("M23", "gzip cut off", "-1", CutGzip);
        yield return new(
            "M23",
            "zstd in version 6",
            "76",
            static () => Wire.Frame(
                Wire.Produce(
                    "t", TestBatch.Of(new RecordBatchTemplate { Compression = CompressionType.Zstd }, "a")),
                6),
            static reply => ErrorIn(reply, 6));
    }

    /// <summary>The one line where this node does something else on purpose.</summary>
    private static IEnumerable<HostileInput> Bombs()
    {
        yield return Records(
            "M24",
            "100 MiB in 100 KiB of gzip",
            "10",
            static () => TestBatch.Of(
                new RecordBatchTemplate { Compression = CompressionType.Gzip }, new string('0', 100 << 20))) with
        {
            Kafka = "ok",
        };
    }

    private static IEnumerable<HostileInput> Times()
    {
        yield return Records(
            "M25", "timestamp 2^62", "32", static () => TestBatch.Of(new RecordBatchTemplate(), 1L << 62, "a"));
        yield return Records(
            "M25", "timestamp -5", "ok", static () => TestBatch.Of(new RecordBatchTemplate(), -5, "a"));
        yield return new(
            "M25",
            "no key in a compacted topic",
            "87",
            static () => Frame(Wire.Produce("compacted", TestBatch.WithoutKey("a"))),
            Error);
    }

    private static HostileInput Records(string row, string what, string expected, Func<byte[]> batch) =>
        new(row, what, expected, () => Frame(Wire.Produce("t", batch())), Error);

    private static byte[] Frame(ProduceRequest request) => Wire.Frame(request, ByName);

    private static short Error(byte[] reply) => ErrorIn(reply, ByName);

    private static short ErrorIn(byte[] reply, short version) =>
        Wire.Decode<ProduceResponse>(reply, version).Responses[0].PartitionResponses[0].ErrorCode;

    private static byte[] WrongChecksum() => With(TestBatch.CrcAt, 0x11, 0x22, 0x33, 0x44);

    private static byte[] With(int at, params byte[] values) =>
        TestBatch.Changed(TestBatch.Of("abcdefgh"), bytes => values.CopyTo(bytes, at));

    private static byte[] WithInt32(int at, int value) =>
        TestBatch.Changed(TestBatch.Of("a"), bytes => BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), value));

    private static byte[] Sealed(int at, params byte[] values) =>
        TestBatch.Sealed(TestBatch.Of("a"), bytes => values.CopyTo(bytes, at));

    private static byte[] SealedInt32(int at, int value) =>
        TestBatch.Sealed(TestBatch.Of("a"), bytes => TestBatch.PutInt32(bytes, at, value));

    private static byte[] CutGzip()
    {
        byte[] whole = TestBatch.Of(
            new RecordBatchTemplate { Compression = CompressionType.Gzip }, new string('x', 500), new string('y', 500));
        return TestBatch.Sealed(whole[..^12], static bytes =>
            TestBatch.PutInt32(bytes, TestBatch.LengthAt, bytes.Length - 12));
    }
}
