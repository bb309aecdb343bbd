using Barnabas.Kernel;

namespace Barnabas.Records.Tests;

public class ReplicatedRecordsTests
{
    [Fact]
    public void Whole_batches_are_taken_and_a_cut_one_is_left()
    {
        byte[] first = Batch(10, epoch: 3, count: 2);
        byte[] second = Batch(15, epoch: 4, count: 1);
        ReplicatedRecords found = ReplicatedRecords.Inspect(
            [.. first, .. second, .. Batch(16, 4, 1).AsSpan(0, 30)], new LeaderEpoch(4));
        Assert.Equal(ErrorCode.None, found.Error);
        Assert.Equal(first.Length + second.Length, found.ValidBytes);
        Assert.Equal(2, found.BatchCount);
        Assert.Equal(new Offset(10), found.FirstOffset);
        Assert.Equal(new Offset(15), found.LastOffset);
        Assert.Equal(new LeaderEpoch(4), found.LastLeaderEpoch);
        Assert.Equal(1000, found.MaxTimestamp);
    }

    [Fact]
    public void A_batch_of_a_later_epoch_ends_what_is_taken()
    {
        byte[] first = Batch(10, epoch: 3, count: 1);
        ReplicatedRecords found = ReplicatedRecords.Inspect([.. first, .. Batch(11, 4, 1)], new LeaderEpoch(3));
        Assert.Equal(ErrorCode.None, found.Error);
        Assert.Equal(first.Length, found.ValidBytes);
    }

    [Fact]
    public void Damage_and_offsets_that_do_not_rise_are_refused_with_all_that_came_with_them()
    {
        byte[] damaged = Batch(11, 3, 1);
        damaged[^1] ^= 1;
        byte[][] wrong = [damaged, Batch(10, 3, 1), MalformedBatch.WithMagic(Batch(11, 3, 1), 9)];
        foreach (byte[] second in wrong)
        {
            ReplicatedRecords found = ReplicatedRecords.Inspect([.. Batch(10, 3, 1), .. second], new LeaderEpoch(3));
            Assert.Equal(ErrorCode.CorruptMessage, found.Error);
            Assert.Equal(0, found.ValidBytes);
            Assert.NotNull(found.Message);
        }
    }

    [Fact]
    public void Nothing_is_nothing()
    {
        ReplicatedRecords found = ReplicatedRecords.Inspect([], LeaderEpoch.None);
        Assert.Equal(ErrorCode.None, found.Error);
        Assert.Equal(0, found.BatchCount);
        Assert.Equal(Offset.None, found.LastOffset);
    }

    private static byte[] Batch(long offset, int epoch, int count)
    {
        var records = new TestRecord[count];
        Array.Fill(records, new TestRecord("k", "v"));
        return TestBatch.Of(
            new RecordBatchTemplate { BaseOffset = new Offset(offset), PartitionLeaderEpoch = new LeaderEpoch(epoch) },
            TestBatch.NoCodecs,
            records);
    }
}
