using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage.Tests;

/// <summary>I-29 and I-30: sequences are contiguous, repeated batches are recognised, epochs never fall.</summary>
public sealed class ProducerStateTests
{
    private readonly PartitionLog _log = new TestLog().Open();

    [Fact]
    public void Each_of_the_last_five_batches_is_recognised_and_the_sixth_is_not()
    {
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(ErrorCode.None, Send(sequence: i * 2, records: 2).Error);
        }

        for (int i = 1; i < 6; i++)
        {
            AppendResult again = Send(sequence: i * 2, records: 2);
            Assert.True(again.IsDuplicate);
            Assert.Equal(new Offset(i * 2), again.BaseOffset);
            Assert.Equal(new Offset((i * 2) + 1), again.LastOffset);
            Assert.Equal(TestLog.Now + 1, again.LogAppendTime);
        }

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Send(sequence: 0, records: 2).Error);
        Assert.Equal(new Offset(12), _log.LogEndOffset);
    }

    [Fact]
    public void A_gap_is_refused_and_nothing_is_appended()
    {
        Send(sequence: 0);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Send(sequence: 2).Error);
        Assert.Equal(new Offset(1), _log.LogEndOffset);
        Assert.Equal(ErrorCode.None, Send(sequence: 1).Error);
    }

    [Fact]
    public void A_batch_of_another_extent_than_the_one_it_overlaps_is_no_duplicate()
    {
        Send(sequence: 0, records: 3);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Send(sequence: 0, records: 2).Error);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Send(sequence: 1, records: 2).Error);
    }

    [Fact]
    public void An_unknown_producer_may_begin_anywhere_and_sequences_wrap_behind_the_greatest()
    {
        AppendResult first = Send(sequence: int.MaxValue - 1, records: 4);
        Assert.Equal(ErrorCode.None, first.Error);
        Assert.True(Send(sequence: int.MaxValue - 1, records: 4).IsDuplicate);
        // MaxValue-1, MaxValue, 0, 1: the next is 2.
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Send(sequence: 0).Error);
        Assert.Equal(ErrorCode.None, Send(sequence: 2).Error);
    }

    [Fact]
    public void A_sequence_that_ends_at_the_greatest_is_followed_by_zero()
    {
        Send(sequence: int.MaxValue);
        Assert.Equal(ErrorCode.None, Send(sequence: 0).Error);
    }

    [Fact]
    public void A_new_epoch_begins_at_zero_and_fences_the_old_one()
    {
        Send(sequence: 0, epoch: 3);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Send(sequence: 1, epoch: 4).Error);
        Assert.Equal(ErrorCode.None, Send(sequence: 0, epoch: 4).Error);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, Send(sequence: 1, epoch: 3).Error);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, Send(sequence: 0, epoch: 3).Error);
    }

    [Fact]
    public void A_transactional_batch_without_a_transaction_is_refused()
    {
        byte[] batch = TestLog.Batch(producerId: 7, baseSequence: 0, transactional: true);
        Assert.Equal(ErrorCode.InvalidTxnState, _log.Append(batch).Error);
    }

    [Fact]
    public void A_silent_producer_is_forgotten_and_may_begin_anywhere_again()
    {
        Send(sequence: 0);
        long expiration = 24L * 60 * 60 * 1000;
        lock (_log.Gate)
        {
            Assert.Equal(0, _log.RemoveExpiredProducers(TestLog.Now + expiration - 1));
            Assert.Equal(1, _log.RemoveExpiredProducers(TestLog.Now + expiration));
        }

        Assert.Equal(ErrorCode.None, Send(sequence: 100).Error);
    }

    [Fact]
    public void A_snapshot_gives_back_what_it_was_made_of_and_notices_any_flipped_bit()
    {
        Send(sequence: 0, records: 3);
        Send(sequence: 3);
        byte[] bytes = ProducerSnapshotFile.Format(_log.Contents.Producers);
        var state = new ProducerState();
        Assert.True(ProducerSnapshotFile.TryParse(bytes, new Offset(4), state));
        Assert.Equal(new Offset(4), state.MapEndOffset);
        Assert.True(state.CheckClientBatch(new RecordBatch(
            TestLog.Batch(producerId: 7, producerEpoch: 1, baseSequence: 3))).IsDuplicate);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(ProducerSnapshotFile.TryParse(bytes, new Offset(4), new ProducerState()));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private AppendResult Send(int sequence, int records = 1, short epoch = 1) =>
        _log.Append(TestLog.Batch(records, producerId: 7, producerEpoch: epoch, baseSequence: sequence));
}
