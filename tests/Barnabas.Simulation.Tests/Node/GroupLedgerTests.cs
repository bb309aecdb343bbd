namespace Barnabas.Simulation.Tests;

/// <summary>The judge is judged: what a coordinator may say of a group after a crash, and what it may not.</summary>
public sealed class GroupLedgerTests
{
    private static readonly (string Topic, int Partition) A = ("t", 0);
    private static readonly (string Topic, int Partition) B = ("t", 1);

    private readonly SimulatedWorld _world = new(1);
    private readonly Findings _findings;
    private readonly GroupLedger _ledger;

    public GroupLedgerTests()
    {
        _findings = new Findings(_world);
        _ledger = new GroupLedger("group", _world, _findings);
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

    private void Commit((string Topic, int Partition) key, long offset)
    {
        GroupLedger.Commit commit = _ledger.OnCommitting(key, offset);
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
}
