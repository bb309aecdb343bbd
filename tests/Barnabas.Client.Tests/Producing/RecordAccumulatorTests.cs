using Barnabas.Kernel;

namespace Barnabas.Client.Tests;

/// <summary>The producer's decisions under scripted answers.</summary>
public sealed class RecordAccumulatorTests
{
    private static readonly TimeSpan Backoff = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Sequences_follow_each_other_and_offsets_come_back()
    {
        ProducerScript script = new();
        Delivery first = script.Append("a")!;
        Delivery second = script.Append("b")!;
        ProducerBatch one = script.Send();
        // A broker that does not know the producer would take the second for the first: it waits.
        script.SendNothing();
        script.Answer(one, ErrorCode.None, 100);
        ProducerBatch two = script.Send();
        Assert.Equal((0, 1), (one.BaseSequence, two.BaseSequence));
        script.Answer(two, ErrorCode.None, 101);
        Assert.Equal(new Offset(100), (await first.Task).Offset);
        Assert.Equal(new Offset(101), (await second.Task).Offset);
        Assert.True(script.Core.IsEmpty);
        Assert.Equal(0, script.Core.ReservedBytes);
    }

    [Fact]
    public async Task A_failure_says_whether_the_record_may_have_been_written()
    {
        ProducerScript script = Acknowledged();
        Delivery refused = script.Append("a")!;
        script.Answer(script.Send(), ErrorCode.InvalidRecord);
        Assert.False((await Assert.ThrowsAsync<KafkaException>(() => refused.Task.AsTask())).MayHaveBeenWritten);

        script = Acknowledged();
        Delivery lost = script.Append("a")!;
        script.Answer(script.Send(), ErrorCode.NetworkException);
        script.Wait(Backoff);
        // The second attempt is refused, the first may be in the log.
        script.Answer(script.Send(), ErrorCode.TopicAuthorizationFailed);
        Assert.True((await Assert.ThrowsAsync<KafkaException>(() => lost.Task.AsTask())).MayHaveBeenWritten);

        script = Acknowledged();
        Delivery neverSent = script.Append("a")!;
        script.Core.GiveUp(new KafkaException(ErrorCode.ProducerFenced, "fenced", isFatal: true));
        KafkaException given = await Assert.ThrowsAsync<KafkaException>(() => neverSent.Task.AsTask());
        Assert.Equal((ErrorCode.ProducerFenced, false), (given.ErrorCode, given.MayHaveBeenWritten));
    }

    [Fact]
    public async Task A_producer_that_was_given_up_retries_nothing()
    {
        ProducerScript script = Acknowledged();
        Delivery underWay = script.Append("a")!;
        ProducerBatch sent = script.Send();
        script.Core.GiveUp(new KafkaException(ErrorCode.RequestTimedOut, "closed", isFatal: true));
        script.Answer(sent, ErrorCode.NetworkException);
        Assert.True((await Assert.ThrowsAsync<KafkaException>(() => underWay.Task.AsTask())).MayHaveBeenWritten);
        Assert.True(script.Core.IsEmpty);
    }

    [Fact]
    public void At_most_five_requests_are_in_flight()
    {
        ProducerScript script = Acknowledged();
        for (int i = 0; i < 7; i++)
        {
            script.Append($"{i}");
        }

        List<ProducerBatch> sent = [];
        for (int i = 0; i < 5; i++)
        {
            sent.Add(script.Send());
        }

        script.SendNothing();
        script.Answer(sent[0], ErrorCode.None, 0);
        Assert.Equal(6, script.Send().BaseSequence);
    }

    [Fact]
    public void A_retry_keeps_its_sequence_and_goes_before_what_was_never_sent()
    {
        ProducerScript script = Acknowledged();
        script.Append("a");
        script.Append("b");
        script.Append("c");
        ProducerBatch a = script.Send();
        ProducerBatch b = script.Send();
        script.Answer(a, ErrorCode.NotLeaderOrFollower);
        script.Answer(b, ErrorCode.OutOfOrderSequenceNumber);
        script.SendNothing();
        script.Wait(Backoff);
        Assert.Same(a, script.Send());
        Assert.Equal(1, a.BaseSequence);
        // While the first repeated one is unanswered, the second waits, and what is new waits behind it.
        script.SendNothing();
        script.Answer(a, ErrorCode.None, 0);
        Assert.Same(b, script.Send());
        Assert.Equal((77L, (short)0), (b.Producer.ProducerId, b.Producer.Epoch));
        script.Answer(b, ErrorCode.None, 1);
        Assert.Equal(3, script.Send().BaseSequence);
    }

    [Fact]
    public void Answers_in_the_wrong_order_do_not_change_the_order_of_sending()
    {
        ProducerScript script = Acknowledged();
        script.Append("a");
        script.Append("b");
        ProducerBatch a = script.Send();
        ProducerBatch b = script.Send();
        script.Answer(b, ErrorCode.NetworkException);
        script.Answer(a, ErrorCode.NetworkException);
        script.Wait(Backoff);
        Assert.Same(a, script.Send());
    }

    [Fact]
    public async Task A_duplicate_counts_as_written_at_an_unknown_offset()
    {
        ProducerScript script = new();
        Delivery delivery = script.Append("a")!;
        ProducerBatch batch = script.Send();
        script.Answer(batch, ErrorCode.NetworkException);
        script.Wait(Backoff);
        script.Answer(script.Send(), ErrorCode.DuplicateSequenceNumber);
        Assert.Equal(Offset.None, (await delivery.Task).Offset);
    }

    [Fact]
    public async Task A_refused_batch_raises_the_epoch_and_those_behind_it_start_again_from_zero()
    {
        ProducerScript script = Acknowledged();
        Delivery refused = script.Append("a")!;
        script.Append("b");
        ProducerBatch a = script.Send();
        ProducerBatch b = script.Send();
        script.Answer(a, ErrorCode.InvalidRecord);
        KafkaException error = await Assert.ThrowsAsync<KafkaException>(async () => await refused.Task);
        Assert.Equal(ErrorCode.InvalidRecord, error.ErrorCode);
        Assert.False(script.Core.Sequences!.BumpIfWanted());
        Assert.Equal(1, script.Core.Sequences.Producer.Epoch);
        Assert.Equal((0, 1), (b.BaseSequence, b.Producer.Epoch));
        // The broker saw it behind the gap: an answer to its older self, which is repeated as its newer.
        script.Answer(b, ErrorCode.OutOfOrderSequenceNumber);
        script.Wait(Backoff);
        Assert.Same(b, script.Send());
        Assert.False(script.Core.Sequences.BumpIfWanted());
        Assert.Equal(1, script.Core.Sequences.Producer.Epoch);
    }

    [Fact]
    public void The_first_out_of_order_batch_means_lost_state_and_raises_the_epoch()
    {
        ProducerScript script = new();
        script.Append("a");
        ProducerBatch a = script.Send();
        script.Answer(a, ErrorCode.OutOfOrderSequenceNumber);
        Assert.False(script.Core.Sequences!.BumpIfWanted());
        script.Wait(Backoff);
        Assert.Same(a, script.Send());
        Assert.Equal((0, 1), (a.BaseSequence, a.Producer.Epoch));
    }

    [Fact]
    public void At_the_last_epoch_a_new_producer_id_is_asked_for()
    {
        ProducerScript script = new(epoch: short.MaxValue);
        script.Append("a");
        script.Answer(script.Send(), ErrorCode.InvalidRecord);
        Assert.True(script.Core.Sequences!.BumpIfWanted());
        Assert.True(script.Core.Sequences.NeedsProducerId);
        script.Append("b");
        script.SendNothing();
        script.Core.Sequences.Started(new ProducerIdAndEpoch(78, 0));
        ProducerBatch b = script.Send();
        Assert.Equal((78L, (short)0, 0), (b.Producer.ProducerId, b.Producer.Epoch, b.BaseSequence));
    }

    [Fact]
    public async Task A_batch_that_was_sent_and_expires_blocks_its_partition_until_its_fate_is_known()
    {
        ProducerScript script = new();
        Delivery lost = script.Append("a")!;
        ProducerBatch a = script.Send();
        script.Answer(a, ErrorCode.NetworkException);
        script.Append("b");
        script.Wait(TimeSpan.FromMinutes(2));
        Delivery fresh = script.Append("c")!;
        // Both old ones are given up; nobody knows whether the first was written.
        script.SendNothing();
        KafkaException error = await Assert.ThrowsAsync<KafkaException>(async () => await lost.Task);
        Assert.Equal(ErrorCode.RequestTimedOut, error.ErrorCode);
        Assert.False(script.Core.Sequences!.BumpIfWanted());
        ProducerBatch c = script.Send();
        Assert.Equal((0, 1), (c.BaseSequence, c.Producer.Epoch));
        script.Answer(c, ErrorCode.None, 5);
        Assert.Equal(new Offset(5), (await fresh.Task).Offset);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_together_is_divided_and_keeps_order_and_sequences()
    {
        ProducerScript script = new(ProducerScript.Options with { BatchBytes = 1000 });
        List<Delivery> deliveries = [.. Enumerable.Range(0, 4).Select(i => script.Append($"v{i}")!)];
        ProducerBatch whole = script.Send();
        Assert.Equal(4, whole.RecordCount);
        script.Answer(whole, ErrorCode.MessageTooLarge);
        ProducerBatch first = script.Send();
        Assert.Equal((0, 2), (first.BaseSequence, first.RecordCount));
        script.Answer(first, ErrorCode.None, 10);
        ProducerBatch second = script.Send();
        Assert.Equal((2, 2), (second.BaseSequence, second.RecordCount));
        script.Answer(second, ErrorCode.None, 12);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(new Offset(10 + i), (await deliveries[i].Task).Offset);
        }

        Assert.Equal(0, script.Core.ReservedBytes);
    }

    [Fact]
    public void Linger_waits_for_company_unless_the_batch_is_full_or_somebody_hurries()
    {
        ProducerScript script =
            new(ProducerScript.Options with { BatchBytes = 200, Linger = TimeSpan.FromMilliseconds(5) });
        script.Append("a");
        script.SendNothing();
        script.Wait(TimeSpan.FromMilliseconds(5));
        ProducerBatch lingered = script.Send();
        Assert.Equal(1, lingered.RecordCount);
        script.Answer(lingered, ErrorCode.None, 0);
        script.Append(new string('x', 60));
        script.Append(new string('y', 60));
        script.Append(new string('z', 60));
        Assert.InRange(script.Send().RecordCount, 1, 2);
        script.SendNothing();
        script.Core.Hurry = true;
        script.Send();
    }

    [Fact]
    public void Memory_is_bounded_and_given_back()
    {
        ProducerScript script = new(ProducerScript.Options with { BatchBytes = 1000, BufferBytesMax = 2500 });
        Assert.NotNull(script.Append("a"));
        Assert.NotNull(script.Append("b", new TopicPartition("t", 1)));
        Assert.Null(script.Append("c", new TopicPartition("t", 2)));
        ProduceCommand command = Assert.Single(script.Core.Drain(script, script.Now).Commands);
        Assert.Equal(2, command.Batches.Count);
        script.Answer(command.Batches[0], ErrorCode.None, 0);
        Assert.NotNull(script.Append("c", new TopicPartition("t", 2)));
    }

    [Fact]
    public void Without_a_leader_nothing_is_sent_and_metadata_is_wanted()
    {
        ProducerScript script = new() { Leader = -1 };
        script.Append("a");
        DrainResult drained = script.Core.Drain(script, script.Now);
        Assert.Empty(drained.Commands);
        Assert.True(drained.LeaderMissing);
    }

    private static ProducerScript Acknowledged()
    {
        ProducerScript script = new();
        script.Append("first");
        script.Answer(script.Send(), ErrorCode.None, 0);
        return script;
    }

    [Fact]
    public void Sequences_go_round_behind_the_largest()
    {
        Assert.Equal(0, SequenceOrder.Add(int.MaxValue, 1));
        Assert.Equal(4, SequenceOrder.Add(int.MaxValue - 4, 9));
        Assert.True(SequenceOrder.IsBefore(int.MaxValue, 0));
        Assert.False(SequenceOrder.IsBefore(0, int.MaxValue));
        Assert.False(SequenceOrder.IsBefore(3, 3));
    }
}
