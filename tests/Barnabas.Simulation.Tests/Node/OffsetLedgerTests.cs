using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

/// <summary>The judge is judged: what a coordinator may say of a group after a crash, and what it may not.</summary>
public sealed class OffsetLedgerTests
{
    private static readonly (string Topic, int Partition) A = ("t", 0);
    private static readonly (string Topic, int Partition) B = ("t", 1);

    private readonly SimulatedWorld _world = new(1);
    private readonly Findings _findings;
    private readonly OffsetLedger _ledger;

    public OffsetLedgerTests()
    {
        _findings = new Findings(_world);
        _ledger = new OffsetLedger("group", _world, _findings);
    }

    [Fact]
    public void After_a_kill_each_key_stands_at_its_last_acknowledged_commit_or_at_one_of_unknown_fate()
    {
        Commit(A, 1);
        Commit(A, 2);
        _ledger.OnCommitting(A, 3);
        Assert.Equal(0, FindingsAfter(powerWasLost: false, (A, 3)));
        Assert.Equal(1, FindingsAfter(powerWasLost: false, (A, 1)));
        Assert.Equal(1, FindingsAfter(powerWasLost: false));
        // Nobody committed it, and what was committed is lost.
        Assert.Equal(2, FindingsAfter(powerWasLost: false, (A, 9)));
    }

    [Fact]
    public void A_loss_of_power_takes_the_end_and_never_something_before_what_it_leaves()
    {
        Commit(A, 1);
        Commit(B, 2);
        Commit(A, 3);
        Commit(B, 4);
        Assert.Equal(1, FindingsAfter(powerWasLost: true, (A, 1), (B, 4)));
    }

    /// <summary>Seed 534: a kill in between is no reason to forget what is not on the platter yet.</summary>
    [Fact]
    public void A_loss_of_power_after_a_kill_may_bring_an_older_commit_back_and_the_next_one_may_not_take_it()
    {
        Commit(A, 1);
        Commit(A, 2);
        Assert.Equal(0, FindingsAfter(powerWasLost: false, (A, 2)));
        Assert.Equal(0, FindingsAfter(powerWasLost: true, (A, 1)));
        Commit(A, 5);
        Assert.Equal(1, FindingsAfter(powerWasLost: true));
    }

    [Fact]
    public void A_reader_is_told_the_last_known_commit_or_one_of_unknown_fate()
    {
        Commit(A, 1);
        Commit(A, 2);
        _ledger.OnCommitting(A, 3, "text");
        MonotonicTime askedAt = _world.Now;
        Assert.Equal(0, FindingsAfterReading(2, "m", askedAt));
        Assert.Equal(1, FindingsAfterReading(1, "m", askedAt));
        Assert.Equal(1, FindingsAfterReading(9, "m", askedAt));
        Assert.Equal(1, FindingsAfterReading(3, "m", askedAt));
        _world.RunFor(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, FindingsAfterReading(3, "text", _world.Now));
        _world.RunFor(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, FindingsAfterReading(2, "m", _world.Now));
    }

    [Fact]
    public void What_was_refused_was_never_there()
    {
        OffsetLedger.Commit commit = _ledger.OnCommitting(A, 1);
        Assert.Equal(0, FindingsAfterReading(1, "m", _world.Now));
        _ledger.OnAnswered(A, commit, ErrorCode.IllegalGeneration);
        Assert.Single(_findings.All);
    }

    [Fact]
    public void Nothing_is_there_after_a_deletion_or_when_its_time_is_over_and_not_before()
    {
        Commit(A, 1);
        Assert.Equal(1, FindingsAfterReading(OffsetLedger.None, "", _world.Now));
        _ledger.OnDeleting();
        Assert.Equal(0, FindingsAfterReading(OffsetLedger.None, "", _world.Now));
        Assert.Equal(0, FindingsAfter(powerWasLost: false));
        _world.RunFor(TimeSpan.FromMilliseconds(1));
        OffsetLedger.Commit expiring = _ledger.OnCommitting(A, 2, "m", TimeSpan.FromSeconds(1));
        _ledger.OnCommitted(expiring);
        _world.RunFor(TimeSpan.FromMilliseconds(500));
        Assert.Equal(1, FindingsAfterReading(OffsetLedger.None, "", _world.Now));
        _world.RunFor(TimeSpan.FromMilliseconds(500));
        Assert.Equal(0, FindingsAfterReading(OffsetLedger.None, "", _world.Now));
        Assert.Equal(0, FindingsAfter(powerWasLost: true));
    }

    /// <summary>Seed 801025: the deletion was on its way when the key came up, and was served after that.</summary>
    [Fact]
    public void A_deletion_takes_what_is_committed_before_its_answer()
    {
        OffsetLedger.Deletion deletion = _ledger.OnDeleting();
        Commit(A, 1);
        Assert.Equal(0, FindingsAfterReading(OffsetLedger.None, "", _world.Now));
        _ledger.OnDeleted(deletion, ErrorCode.None);
        Assert.Equal(0, FindingsAfterReading(OffsetLedger.None, "", _world.Now));
        _world.RunFor(TimeSpan.FromMilliseconds(1));
        Commit(A, 2);
        Assert.Equal(1, FindingsAfterReading(OffsetLedger.None, "", _world.Now));
    }

    /// <summary>Seed 801417: the offset had expired, and the deletion came after the next commit.</summary>
    [Fact]
    public void Of_several_reasons_for_nothing_none_is_taken_for_known()
    {
        OffsetLedger.Commit expiring = _ledger.OnCommitting(A, 1, "m", TimeSpan.Zero);
        _ledger.OnCommitted(expiring);
        _world.RunFor(TimeSpan.FromMilliseconds(1));
        _ledger.OnDeleting();
        Assert.Equal(0, FindingsAfterReading(OffsetLedger.None, "", _world.Now));
        _world.RunFor(TimeSpan.FromMilliseconds(1));
        Commit(A, 2);
        Assert.Equal(0, FindingsAfterReading(OffsetLedger.None, "", _world.Now));
    }

    /// <summary>Seed 43 of failing directories: what had expired was removed, and the removal lost.</summary>
    [Fact]
    public void What_has_expired_may_come_back_if_the_power_takes_its_removal()
    {
        OffsetLedger.Commit expiring = _ledger.OnCommitting(A, 1, "m", TimeSpan.Zero);
        _ledger.OnCommitted(expiring);
        _world.RunFor(TimeSpan.FromMilliseconds(1));
        OffsetLedger.Deletion deletion = _ledger.OnDeleting();
        _world.RunFor(TimeSpan.FromMilliseconds(1));
        _ledger.OnDeleted(deletion, ErrorCode.None);
        Assert.Equal(0, FindingsAfter(powerWasLost: true));
        Assert.Equal(0, FindingsAfter(powerWasLost: true, (A, 1)));
        Assert.Equal(0, FindingsAfter(powerWasLost: true));
    }

    /// <summary>Seed 2299 of failing directories: a write that failed had left the whole batch.</summary>
    [Fact]
    public void A_coordinator_that_lost_its_log_does_not_say_whether_it_has_committed()
    {
        OffsetLedger.Commit commit = _ledger.OnCommitting(A, 1);
        _world.RunFor(TimeSpan.FromMilliseconds(1));
        _ledger.OnAnswered(A, commit, ErrorCode.NotCoordinator);
        Assert.Equal(0, FindingsAfter(powerWasLost: false, (A, 1)));
    }

    private void Commit((string Topic, int Partition) key, long offset)
    {
        OffsetLedger.Commit commit = _ledger.OnCommitting(key, offset);
        _world.RunFor(TimeSpan.FromMilliseconds(1));
        _ledger.OnCommitted(commit);
        _world.RunFor(TimeSpan.FromMilliseconds(1));
    }

    private int FindingsAfter(bool powerWasLost, params ((string Topic, int Partition) Key, long Offset)[] committed)
    {
        int before = _findings.All.Count;
        _ledger.Audit(committed.ToDictionary(static c => c.Key, static c => c.Offset), powerWasLost);
        return _findings.All.Count - before;
    }

    private int FindingsAfterReading(long offset, string metadata, MonotonicTime askedAt)
    {
        int before = _findings.All.Count;
        _ledger.OnFetched(A, offset, metadata, askedAt);
        return _findings.All.Count - before;
    }
}
