namespace Barnabas.Coordination;

/// <summary>
/// What a step of a shard decided: records to append, and who is to be told when they are committed or have failed.
/// Without records the completion waits for what was written before, because the answer may rest on it.
/// </summary>
internal readonly record struct CoordinatorResult
{
    private CoordinatorResult(
        IReadOnlyList<CoordinatorRecord> records, ICoordinatorCompletion? completion, bool isReplayed, bool isAtomic)
    {
        Records = records;
        Completion = completion;
        IsReplayed = isReplayed;
        IsAtomic = isAtomic;
    }

    /// <summary>Nothing to write and nobody to tell: the step has answered by itself, or parked the answer.</summary>
    public static CoordinatorResult Nothing => new([], null, isReplayed: false, isAtomic: true);

    public IReadOnlyList<CoordinatorRecord> Records { get; }

    public ICoordinatorCompletion? Completion { get; }

    /// <summary>
    /// True if the records are applied to the shard's state as soon as they are appended. False if the step has changed
    /// the state itself, or will when the completion says that the records are committed.
    /// </summary>
    public bool IsReplayed { get; }

    /// <summary>True if all records go into one batch; false if they may be spread over several.</summary>
    public bool IsAtomic { get; }

    /// <summary>No records: the completion is told as soon as everything written before is committed.</summary>
    public static CoordinatorResult After(ICoordinatorCompletion completion) =>
        new([], completion, isReplayed: false, isAtomic: true);

    /// <summary>Records that make the state: they are replayed right after the append.</summary>
    public static CoordinatorResult Write(
        IReadOnlyList<CoordinatorRecord> records, ICoordinatorCompletion? completion) =>
        new(records, completion, isReplayed: true, isAtomic: true);

    /// <summary>Records without a reply, such as expirations; they need not stand together.</summary>
    public static CoordinatorResult Write(IReadOnlyList<CoordinatorRecord> records) =>
        new(records, null, isReplayed: true, isAtomic: false);

    /// <summary>
    /// A record that says what the state is, or will be when the completion hears that it is committed.
    /// </summary>
    public static CoordinatorResult Persist(CoordinatorRecord record, ICoordinatorCompletion? completion) =>
        new([record], completion, isReplayed: false, isAtomic: true);
}
