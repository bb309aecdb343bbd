using System.Buffers;
using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.Records.Tests;

/// <summary>
/// Compressed batches that expand beyond what a leader keeps in memory: their records are looked at as they come, and
/// found to be what they are when they lie there whole.
/// </summary>
public class StreamedRecordsTests : ValidatorTestBase
{
    private const int LargeBytes = 60 << 20;

    /// <summary>The window as it doubles from 64 KiB to 4 MiB, and some room for what a codec makes.</summary>
    private const int AllocatedMax = 10 << 20;

    private static readonly AppendRules Roomy = new() { MaxMessageBytes = int.MaxValue };

    /// <summary>Every piece is looked at as soon as the next is asked for.</summary>
    private static readonly RecordBatchValidator Piecewise = new(Codecs, new RecordScratchPool(1, retainedBytes: 100));

    [Theory]
    [MemberData(nameof(Types))]
    public void A_batch_that_expands_to_60_MiB_takes_a_few_MiB(CompressionType type)
    {
        byte[] batch = Large(type, valueBytes: 100_000);
        RecordBatchValidator validator = new(Codecs, new RecordScratchPool(1));
        Assert.InRange(AllocatedBy(validator, batch, Roomy), 0, AllocatedMax);
        Assert.InRange(AllocatedBy(validator, batch, Roomy), 0, 100_000);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_single_record_of_60_MiB_takes_no_more(CompressionType type) =>
        Assert.InRange(
            AllocatedBy(
                new RecordBatchValidator(Codecs, new RecordScratchPool(1)),
                Large(type, LargeBytes - 1000),
                Roomy),
            0,
            AllocatedMax);

    [Theory]
    [MemberData(nameof(Types))]
    public void Beyond_the_limit_it_is_refused_as_ever(CompressionType type)
    {
        byte[] batch = Large(type, valueBytes: 100_000);
        AppendRules rules = Roomy with { DecompressionLimit = new DecompressionLimit(20 << 20, 1) };
        Refused(ErrorCode.MessageTooLarge, Validate(batch, rules));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_large_batch_that_is_cut_lies_or_goes_on_is_refused(CompressionType type)
    {
        byte[] records = Records(valueBytes: 100_000).AsSpan(0, 10 << 20).ToArray();
        Refused(ErrorCode.InvalidRecord, Validate(Compressed(type, records, count: 105), Roomy));
        byte[] whole = Records(valueBytes: 100_000);
        int count = whole.Length / 100_000;
        Refused(ErrorCode.InvalidRecord, Validate(Compressed(type, [.. whole, 0], count), Roomy));
        Refused(ErrorCode.InvalidRecord, Validate(Compressed(type, whole, count + 1), Roomy));
        byte[] cut = Compressed(type, whole, count);
        Refused(ErrorCode.UnknownServerError, Validate(Shortened(cut, cut.Length / 10), Roomy));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Whole_or_piece_by_piece_a_batch_gets_the_same_answer(CompressionType type)
    {
        int accepted = 0;
        int refused = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            byte[] records = RandomRecords(random, out int count);
            Damage(random, records);
            byte[] batch = Compressed(type, records, count);
            if (random.Next(3) == 0)
            {
                batch[random.Next(RecordBatch.HeaderSize, batch.Length)] ^= (byte)random.Next(256);
                MalformedBatch.Sealed(batch);
            }

            AppendRules rules = new() { IsCompacted = random.Next(2) == 0, MaxDecompressedRecordBytes = 400 };
            ValidationResult whole = Validate([.. batch], rules);
            ValidationResult pieces = Piecewise.Validate(
                [.. batch], rules, new AppendContext(AppendOrigin.Client, new Offset(500), new LeaderEpoch(9), Now));
            Assert.Equal(whole.Error, pieces.Error);
            Assert.Equal(whole.LastOffset, pieces.LastOffset);
            Assert.Equal(whole.MaxTimestamp, pieces.MaxTimestamp);
            Assert.Equal(whole.RecordErrors, pieces.RecordErrors);
            Assert.Equal(whole.Replacement?.ToArray(), pieces.Replacement?.ToArray());
            _ = whole.Error == ErrorCode.None ? accepted++ : refused++;
        }

        Assert.True(accepted > 30 && refused > 30, $"{accepted} accepted, {refused} refused");
    }

    [Fact]
    public void Wherever_the_pieces_end_the_same_is_found()
    {
        int sound = 0;
        int damaged = 0;
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            byte[] records = RandomRecords(random, out int count);
            Damage(random, records);
            count = Math.Max(0, count + random.Next(-1, 2));
            byte[] bytes = MalformedBatch.With(
                MalformedBatch.Holding(records), RecordBatchLayout.RecordCount, count);
            RecordBatch batch = new(bytes);
            RecordFindings whole = new(batch, Roomy, Now);
            RecordFault fault = new RecordReader(batch).Examine(ref whole);

            RecordStream stream = new();
            stream.Begin(batch, new RecordFindings(batch, Roomy, Now));
            RecordFault streamed = Feed(stream, batch.RecordBytes, random);
            Assert.Equal(fault == RecordFault.None, streamed == RecordFault.None);
            if (fault == RecordFault.None)
            {
                sound++;
                Assert.Equal(whole.Count, stream.Findings.Count);
                Assert.Equal(whole.IsSequential, stream.Findings.IsSequential);
                Assert.Equal(whole.MaxTimestamp, stream.Findings.MaxTimestamp);
                Assert.Equal(whole.Errors, stream.Findings.Errors);
            }
            else
            {
                damaged++;
            }
        }

        Assert.True(sound > 300 && damaged > 300, $"{sound} sound, {damaged} damaged");
    }

    private static RecordFault Feed(RecordStream stream, ReadOnlySpan<byte> bytes, Random random)
    {
        int taken = 0;
        int end = 0;
        while (end < bytes.Length)
        {
            end = Math.Min(bytes.Length, end + random.Next(1, 30));
            taken += stream.Take(bytes[taken..end]);
        }

        return stream.End(untaken: end - taken);
    }

    private static long AllocatedBy(RecordBatchValidator validator, byte[] batch, AppendRules rules)
    {
        AppendContext context = new(AppendOrigin.Client, new Offset(500), new LeaderEpoch(9), Now);
        new MutableRecordBatch(batch).SetBaseOffset(Offset.Zero);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ValidationResult result = validator.Validate(batch, rules, context);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(ErrorCode.None, result.Error);
        return allocated;
    }

    private static byte[] Large(CompressionType type, int valueBytes)
    {
        byte[] records = Records(valueBytes);
        return Compressed(type, records, records.Length / valueBytes);
    }

    /// <summary>About 60 MiB of records, a little longer each than its value.</summary>
    private static byte[] Records(int valueBytes)
    {
        byte[] value = new byte[valueBytes];
        for (int i = 0; i < value.Length; i++)
        {
            value[i] = (byte)(i / 100);
        }

        TestRecord[] records = [.. Enumerable.Repeat(new TestRecord(Now, [1], value), LargeBytes / valueBytes)];
        return Plain(records).AsSpan(RecordBatch.HeaderSize).ToArray();
    }

    private static byte[] RandomRecords(Random random, out int count)
    {
        count = random.Next(1, 8);
        TestRecord[] records = new TestRecord[count];
        for (int i = 0; i < count; i++)
        {
            byte[]? key = random.Next(4) == 0 ? null : new byte[random.Next(100)];
            byte[]? value = random.Next(4) == 0 ? null : new byte[random.Next(300)];
            RecordHeader[] headers =
            [
                .. Enumerable.Range(0, random.Next(3)).Select(
                    _ => new RecordHeader("h", random.Next(2) == 0 ? null : new byte[random.Next(100)])),
            ];
            records[i] = new TestRecord(Now + random.Next(10_000), key, value, headers);
        }

        return Plain(records).AsSpan(RecordBatch.HeaderSize).ToArray();
    }

    /// <summary>One time in two a byte is another.</summary>
    private static void Damage(Random random, byte[] records)
    {
        if (random.Next(2) == 0)
        {
            records[random.Next(records.Length)] = (byte)random.Next(256);
        }
    }

    private static byte[] Compressed(CompressionType type, byte[] records, int count)
    {
        var compressed = new ArrayBufferWriter<byte>();
        Codecs.Find(type)!.Compress(records, compressed);
        byte[] batch = MalformedBatch.Holding(compressed.WrittenSpan, type);
        batch = MalformedBatch.With(batch, RecordBatchLayout.LastOffsetDelta, count - 1);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(RecordBatchLayout.BaseTimestamp), Now);
        return MalformedBatch.With(batch, RecordBatchLayout.RecordCount, count);
    }

    private static byte[] Shortened(byte[] batch, int bytes)
    {
        byte[] cut = batch[..^bytes];
        return MalformedBatch.Sealed(MalformedBatch.WithLength(cut, cut.Length - RecordBatch.LogOverhead));
    }
}
