using Barnabas.Kernel;

namespace Barnabas.Records.Tests;

public class RecordBatchTests
{
    [Fact]
    public void A_built_batch_reads_back_with_all_its_fields()
    {
        byte[] bytes = TestBatch.Of(
            new RecordBatchTemplate
            {
                BaseOffset = new Offset(40),
                PartitionLeaderEpoch = new LeaderEpoch(7),
                Producer = new ProducerIdAndEpoch(99, 3),
                BaseSequence = int.MaxValue,
                IsTransactional = true,
            },
            TestBatch.NoCodecs,
            new TestRecord("k", "v", 500),
            new TestRecord(400, null, [], new RecordHeader("h", null), new RecordHeader("", new byte[] { 1 })),
            new TestRecord("", null, 900));

        var batch = new RecordBatch(bytes);
        Assert.Equal(BatchFrame.Whole, RecordBatch.Probe(bytes, out int size));
        Assert.Equal(bytes.Length, size);
        Assert.True(batch.IsCrcValid());
        Assert.Equal(new Offset(40), batch.BaseOffset);
        Assert.Equal(new Offset(42), batch.LastOffset);
        Assert.Equal(new LeaderEpoch(7), batch.PartitionLeaderEpoch);
        Assert.Equal(500, batch.BaseTimestamp);
        Assert.Equal(900, batch.MaxTimestamp);
        Assert.Equal(3, batch.RecordCount);
        Assert.Equal(new ProducerIdAndEpoch(99, 3), batch.Producer);
        Assert.Equal(int.MaxValue, batch.BaseSequence);
        Assert.Equal(1, batch.LastSequence);
        Assert.True(batch.IsTransactional);
        Assert.False(batch.IsControl);
        Assert.Null(batch.DeleteHorizonMs);
        Assert.Equal(
            ["40 500 6B 76 []", "41 400 null  [68=null,=01]", "42 900  null []"],
            TestBatch.Read(bytes).Select(record => record.ToString()));
    }

    [Fact]
    public void Offset_and_epoch_are_patched_without_touching_the_checksum()
    {
        byte[] bytes = TestBatch.Of(new TestRecord("a", "1"), new TestRecord("b", "2"));
        uint crc = new RecordBatch(bytes).Crc;
        var batch = new MutableRecordBatch(bytes);
        batch.SetBaseOffset(new Offset(1L << 40));
        batch.SetPartitionLeaderEpoch(new LeaderEpoch(12));
        Assert.Equal(crc, batch.View.Crc);
        Assert.True(batch.View.IsCrcValid());
        Assert.Equal((1L << 40) + 1, batch.View.LastOffset.Value);
        batch.SetLastOffset(new Offset(11));
        Assert.Equal(10, batch.View.BaseOffset.Value);
    }

    [Fact]
    public void A_batch_stamped_by_the_leader_gives_its_time_to_every_record()
    {
        byte[] bytes = TestBatch.Of(new TestRecord("a", "1", 5), new TestRecord("b", "2", 6));
        var batch = new MutableRecordBatch(bytes);
        batch.SetMaxTimestamp(TimestampType.LogAppendTime, 77);
        Assert.True(batch.View.IsCrcValid());
        Assert.Equal([77L, 77L], TestBatch.Read(bytes).Select(record => record.Timestamp));
        batch.SetMaxTimestamp(TimestampType.CreateTime, 6);
        Assert.Equal([5L, 6L], TestBatch.Read(bytes).Select(record => record.Timestamp));
    }

    [Fact]
    public void A_walk_over_several_batches_ends_before_the_one_that_is_cut()
    {
        byte[] first = TestBatch.Of(new TestRecord("a", "1"));
        byte[] second = TestBatch.Of(new TestRecord("b", "2"), new TestRecord("c", "3"));
        byte[] bytes = [.. first, .. second, .. first.AsSpan(0, first.Length - 1)];
        var sizes = new List<int>();
        var batches = new RecordBatchIterator(bytes);
        while (batches.MoveNext())
        {
            sizes.Add(batches.Current.Size);
        }

        Assert.Equal([first.Length, second.Length], sizes);
        Assert.Equal(BatchFrame.Partial, batches.End);
        Assert.Equal(first.Length + second.Length, batches.Position);
    }
}
