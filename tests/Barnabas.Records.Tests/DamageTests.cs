using Barnabas.Kernel;
using Barnabas.Platform;

namespace Barnabas.Records.Tests;

/// <summary>
/// Thousands of damaged batches under seeds: nothing throws, everything ends, and memory stays within what the limit on
/// decompression allows, whatever lengths and counts the bytes claim.
/// </summary>
public class DamageTests
{
    private const int Rounds = 4000;
    private const int Allowed = 128 * 1024;

    // A writer that doubles holds the old and the new; texts and lists of a refusal come on top.
    private const int Ceiling = (4 * Allowed) + (64 * 1024);

    private static readonly CompressionCodecs Codecs = NativeCodecs.Create();

    public static TheoryData<CompressionType> Types => [.. Enum.GetValues<CompressionType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void The_validator_answers_every_damaged_batch_with_a_code(CompressionType type)
    {
        var random = new Random((int)type);
        var validator = new RecordBatchValidator(Codecs, new RecordScratchPool(1, retainedBytes: 0));
        var rules = new AppendRules { DecompressionLimit = new DecompressionLimit(Allowed, 1), IsCompacted = true };
        var context = new AppendContext(AppendOrigin.Client, new Offset(5), new LeaderEpoch(1), 1000);
        byte[] sound = Sound(type);
        int accepted = 0;
        var errors = new HashSet<ErrorCode>();
        for (int round = 0; round < Rounds; round++)
        {
            byte[] damaged = Damage(random, sound);
            if (random.Next(10) != 0 && RecordBatch.Probe(damaged, out _) == BatchFrame.Whole
                && damaged[RecordBatchLayout.Magic] == RecordBatch.CurrentMagic)
            {
                new MutableRecordBatch(damaged).RenewCrc();
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            ValidationResult result = validator.Validate(damaged, rules, context);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Ceiling);
            errors.Add(result.Error);
            if (result.Error == ErrorCode.None)
            {
                // What passes must be readable by everybody, and lie where the log wanted it.
                accepted++;
                byte[] stored = result.Replacement?.ToArray() ?? damaged[..result.ValidBytes];
                var batch = new RecordBatch(stored);
                Assert.True(batch.IsCrcValid());
                Assert.Equal(new Offset(5), batch.BaseOffset);
                Assert.Equal(result.LastOffset, batch.LastOffset);
                List<TestRecord> records = TestBatch.Read(stored, Codecs);
                Assert.Equal(result.LastOffset - result.BaseOffset + 1, records.Count);
                IEnumerable<long> dense = Enumerable.Range(5, records.Count).Select(offset => (long)offset);
                Assert.Equal(dense, records.Select(record => record.Offset));
            }
        }

        Assert.InRange(accepted, 1, Rounds - 1);
        Assert.Contains(ErrorCode.CorruptMessage, errors);
        Assert.Contains(ErrorCode.InvalidRecord, errors);
    }

    [Theory]
    [InlineData(0, CompressionType.None)]
    [InlineData(0, CompressionType.Lz4)]
    [InlineData(0, CompressionType.Gzip)]
    [InlineData(1, CompressionType.None)]
    [InlineData(1, CompressionType.Snappy)]
    [InlineData(1, CompressionType.Lz4)]
    public void Damaged_message_sets_are_read_without_a_throw(byte magic, CompressionType type)
    {
        var random = new Random(magic);
        byte[][] messages =
        [
            LegacyBatch.Message(magic, 0, 5, [1, 2], new byte[60]),
            LegacyBatch.Message(magic, 1, 6, null, [3]),
        ];
        byte[] sound = type == CompressionType.None
            ? messages[0]
            : LegacyBatch.Set(magic, Codecs, type, 1, 6, messages);
        for (int round = 0; round < Rounds; round++)
        {
            ReadAll(Damage(random, sound));
        }
    }

    [Fact]
    public void Noise_is_no_batch()
    {
        var random = new Random(99);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            if (round % 2 == 0 && noise.Length > RecordBatchLayout.Magic)
            {
                // Let more of it come beyond the first look.
                MalformedBatch.WithLength(noise, noise.Length - RecordBatch.LogOverhead).CopyTo(noise, 0);
                noise[RecordBatchLayout.Magic] %= 3;
            }

            ReadAll(noise);
            ReplicatedRecords.Inspect(noise, new LeaderEpoch(int.MaxValue));
        }
    }

    private static void ReadAll(byte[] bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var scratch = new RecordScratch(retainedBytes: 0);
        var batches = new RecordBatchIterator(bytes);
        while (batches.MoveNext())
        {
            RecordReader reader = scratch.Read(batches.Current, Codecs, new DecompressionLimit(Allowed, 1));
            while (reader.MoveNext())
            {
                foreach (RecordHeaderReader header in reader.Current.Headers)
                {
                    Assert.True(header.Value.IsNull || header.Value.Length >= 0);
                }
            }
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Ceiling);
    }

    private static byte[] Sound(CompressionType type) => TestBatch.Of(
        new RecordBatchTemplate { Compression = type },
        Codecs,
        new TestRecord("key", "value", 900),
        new TestRecord(950, [1], null, new RecordHeader("header", new byte[] { 1, 2 }), new RecordHeader("", null)),
        new TestRecord("another", new string('x', 300), 940));

    /// <summary>A cut, an insertion, or some bytes overwritten; one time in twenty nothing at all.</summary>
    private static byte[] Damage(Random random, byte[] sound)
    {
        byte[] bytes = [.. sound];
        switch (random.Next(20))
        {
            case 0:
                return bytes;
            case 1:
                return bytes[..random.Next(bytes.Length)];
            case 2:
                int at = random.Next(bytes.Length);
                return [.. bytes.AsSpan(0, at), (byte)random.Next(256), .. bytes.AsSpan(at)];
            default:
                for (int i = random.Next(1, 4); i > 0; i--)
                {
                    bytes[random.Next(bytes.Length)] = random.Next(3) switch
                    {
                        0 => 0xFF,
                        1 => 0,
                        _ => (byte)random.Next(256),
                    };
                }

                return bytes;
        }
    }
}
