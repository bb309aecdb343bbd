using Barnabas.Kernel;
using Barnabas.Platform;

namespace Barnabas.Records.Tests;

public class LegacyBatchTests
{
    private static readonly CompressionCodecs Codecs = NativeCodecs.Create();

    [Fact]
    public void The_old_checksum_has_its_check_value() => Assert.Equal(0xCBF43926, Crc32.Compute("123456789"u8));

    [Fact]
    public void A_message_shows_itself_as_a_batch_of_one()
    {
        byte[] bytes = LegacyBatch.Message(1, 77, 1234, [1], null);
        var batch = new RecordBatch(bytes);
        Assert.True(batch.IsCrcValid());
        Assert.True(batch.HasBaseOffset);
        Assert.Equal(77, batch.BaseOffset.Value);
        Assert.Equal(77, batch.LastOffset.Value);
        Assert.Equal(1234, batch.MaxTimestamp);
        Assert.Equal(ProducerIdAndEpoch.None, batch.Producer);
        Assert.Equal(LeaderEpoch.None, batch.PartitionLeaderEpoch);
        Assert.Equal(-1, batch.RecordCount);
        Assert.False(batch.IsControl);
        Assert.Equal("77 1234 01 null []", Assert.Single(TestBatch.Read(bytes)).ToString());
    }

    [Fact]
    public void Offsets_in_a_set_of_magic_1_count_back_from_the_wrapper()
    {
        byte[] set = LegacyBatch.Set(
            1, Codecs, CompressionType.Gzip, 102, 9, Inner(1, 0, 5), Inner(1, 1, 9), Inner(1, 2, 7));
        Assert.False(new RecordBatch(set).HasBaseOffset);
        List<TestRecord> records = TestBatch.Read(set, Codecs);
        Assert.Equal([100L, 101, 102], records.Select(record => record.Offset));
        Assert.Equal([5L, 9, 7], records.Select(record => record.Timestamp));
    }

    [Fact]
    public void A_stamped_wrapper_gives_its_time_to_every_message()
    {
        byte[] set = LegacyBatch.Set(1, Codecs, CompressionType.Snappy, 1, 99, Inner(1, 0, 5), Inner(1, 1, 9));
        set[RecordBatchLayout.LegacyAttributes] |= (byte)RecordBatchLayout.LogAppendTimeFlag;
        Assert.Equal([99L, 99], TestBatch.Read(LegacyBatch.Sealed(set), Codecs).Select(record => record.Timestamp));
    }

    [Fact]
    public void Offsets_in_a_set_of_magic_0_stand_as_they_are()
    {
        byte[] set = LegacyBatch.Set(0, Codecs, CompressionType.Gzip, 33, -1, Inner(0, 30, -1), Inner(0, 33, -1));
        List<TestRecord> records = TestBatch.Read(set, Codecs);
        Assert.Equal([30L, 33], records.Select(record => record.Offset));
        Assert.Equal([-1L, -1], records.Select(record => record.Timestamp));
    }

    [Fact]
    public void Lz4_of_magic_0_is_read_with_the_wrong_header_checksum_of_its_time_and_with_the_right_one()
    {
        byte[] set = LegacyBatch.Set(0, Codecs, CompressionType.Lz4, 0, -1, Inner(0, 0, -1));
        Assert.Single(TestBatch.Read(set, Codecs));
        // The frame starts behind the two lengths; its checksum is the seventh byte.
        set[RecordBatchLayout.LegacyKeyV0 + 8 + 6] ^= 0x55;
        Assert.Single(TestBatch.Read(LegacyBatch.Sealed(set), Codecs));
    }

    [Fact]
    public void A_message_that_is_cut_at_the_end_of_a_set_is_passed_over()
    {
        byte[] set = LegacyBatch.Set(1, Codecs, CompressionType.Gzip, 0, 9, Inner(1, 0, 5), Inner(1, 1, 9)[..^1]);
        Assert.Equal(5, Assert.Single(TestBatch.Read(set, Codecs)).Timestamp);
    }

    [Fact]
    public void Damaged_sets_are_refused_with_their_fault()
    {
        byte[] broken = Inner(1, 0, 5);
        broken[^1] ^= 1;
        byte[] nested = LegacyBatch.Set(1, Codecs, CompressionType.Gzip, 0, 5, Inner(1, 0, 5));
        Refuses(RecordFault.BadChecksum, Set(CompressionType.Gzip, 0, broken));
        Refuses(RecordFault.BadStructure, Set(CompressionType.Gzip, 0, nested));
        Refuses(RecordFault.BadStructure, Set(CompressionType.Gzip, 3, Inner(1, 4, 5)));
        Refuses(RecordFault.PrematureEnd, Set(CompressionType.Gzip, 0, [1]));
        Refuses(RecordFault.UnknownCodec, Set(CompressionType.Zstd, 0, Inner(1, 0, 5)));
        Refuses(RecordFault.BadStructure, LegacyBatch.Message(1, 0, 5, null, null, (int)CompressionType.Gzip));
        Refuses(RecordFault.BadCompression, LegacyBatch.Message(0, 0, 5, null, [1, 2], (int)CompressionType.Lz4));
    }

    private static byte[] Inner(byte magic, long offset, long timestamp) =>
        LegacyBatch.Message(magic, offset, timestamp, [1], [2, 3]);

    private static byte[] Set(CompressionType type, long offset, params byte[][] messages) =>
        LegacyBatch.Set(1, Codecs, type, offset, 5, messages);

    private static void Refuses(RecordFault fault, byte[] bytes)
    {
        RecordReader reader = new RecordScratch().Read(new RecordBatch(bytes), Codecs, DecompressionLimit.Default);
        while (reader.MoveNext())
        {
        }

        Assert.Equal(fault, reader.Fault);
    }
}
