using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>
/// The gate of a leader's log. Checks one batch, gives it its offsets, epoch and timestamps where it lies, and
/// allocates nothing unless the batch is refused or must be compressed anew. Has no state but its scratch memory; from
/// any thread.
/// </summary>
public sealed class RecordBatchValidator(CompressionCodecs codecs, RecordScratchPool scratchPool)
{
    /// <summary>Records of one batch that are reported singly; a batch may hold a million wrong ones.</summary>
    public const int MaxRecordErrors = 100;

    /// <summary>
    /// Validates <paramref name="records"/>, the bytes of one partition. On success they (or what replaces them) can be
    /// written as they then are; after an error they must not be used. For a leader only: a follower takes what it gets
    /// as it is (<see cref="ReplicatedRecords"/>).
    /// </summary>
    public ValidationResult Validate(Span<byte> records, AppendRules rules, in AppendContext context)
    {
        Invariant.That(context.Origin != AppendOrigin.Replication);
        ErrorCode error = ProduceRecords.CheckSingle(records, out int size, out string? message);
        if (error != ErrorCode.None)
        {
            return ValidationResult.Refuse(error, message!);
        }

        var batch = new MutableRecordBatch(records[..size]);
        if (BatchRules.FirstViolation(batch.View, rules, context) is { } refusal)
        {
            return refusal;
        }

        return context.Origin == AppendOrigin.RaftLeader
            ? Accept(batch.View, rules)
            : ValidateAndStamp(batch, rules, context);
    }

    private static ValidationResult Accept(RecordBatch batch, AppendRules rules) => new()
    {
        ValidBytes = batch.Size,
        BaseOffset = batch.BaseOffset,
        LastOffset = batch.LastOffset,
        MaxTimestamp = batch.MaxTimestamp,
        LogAppendTime = rules.TimestampType == TimestampType.LogAppendTime
            ? batch.MaxTimestamp
            : RecordBatch.NoTimestamp,
    };

    private ValidationResult ValidateAndStamp(MutableRecordBatch batch, AppendRules rules, in AppendContext context)
    {
        RecordBatch view = batch.View;
        CompressionType target = rules.Compression ?? view.Compression;
        bool mustRebuild = target != view.Compression && !view.IsControl;
        if (view.Compression != CompressionType.None
            && rules is { Depth: ValidationDepth.HeaderOnly, IsCompacted: false }
            && !mustRebuild)
        {
            return BatchRules.HeaderTimestampViolation(view, rules, context)
                ?? Stamp(batch, rules, context, view.MaxTimestamp);
        }

        RecordFindings findings = new(view, rules, context.NowMs);
        if (view.Compression == CompressionType.None)
        {
            RecordFault fault = new RecordReader(view).Examine(ref findings);
            return Decide(batch, fault, findings, mustRebuild, rules, context)
                ?? Rebuild(view, new RecordReader(view), target, rules, context);
        }

        RecordScratch scratch = scratchPool.Rent();
        try
        {
            RecordFault fault = scratch.Examine(view, codecs, rules.DecompressionLimit, ref findings);
            return Decide(batch, fault, findings, mustRebuild, rules, context)
                ?? Rebuild(
                    view, scratch.ReadExamined(view, codecs, rules.DecompressionLimit), target, rules, context);
        }
        finally
        {
            scratchPool.Return(scratch);
        }
    }

    /// <summary>Null if the batch is sound and must be written anew.</summary>
    private static ValidationResult? Decide(
        MutableRecordBatch batch,
        RecordFault fault,
        in RecordFindings findings,
        bool mustRebuild,
        AppendRules rules,
        in AppendContext context)
    {
        if (fault != RecordFault.None)
        {
            return RecordRules.Refuse(fault, findings.Count);
        }

        if (findings.Errors is { } errors)
        {
            return RecordRules.Refuse(errors, findings.HasTimestampError);
        }

        // A batch whose offsets have gaps or stand still is written anew: the log is dense where a leader appends.
        bool isDense = findings.IsSequential && batch.View.LastOffsetDelta == findings.Count - 1;
        return (isDense && !mustRebuild) || findings.Count == 0
            ? Stamp(batch, rules, context, findings.MaxTimestamp)
            : null;
    }

    private static ValidationResult Stamp(
        MutableRecordBatch batch, AppendRules rules, in AppendContext context, long maxTimestamp)
    {
        batch.SetBaseOffset(context.NextOffset);
        batch.SetPartitionLeaderEpoch(context.LeaderEpoch);
        batch.SetMaxTimestamp(
            rules.TimestampType, rules.TimestampType == TimestampType.LogAppendTime ? context.NowMs : maxTimestamp);
        return Accept(batch.View, rules);
    }

    private ValidationResult Rebuild(
        RecordBatch source, RecordReader records, CompressionType target, AppendRules rules, in AppendContext context)
    {
        var builder = new RecordBatchBuilder(codecs, Array.MaxLength);
        builder.Reset(new RecordBatchTemplate
        {
            BaseOffset = context.NextOffset,
            PartitionLeaderEpoch = context.LeaderEpoch,
            Compression = target,
            CompressionLevel = rules.CompressionLevel,
            LogAppendTime = rules.TimestampType == TimestampType.LogAppendTime ? context.NowMs : null,
            Producer = source.Producer,
            BaseSequence = source.BaseSequence,
            IsTransactional = source.IsTransactional,
            IsControl = source.IsControl,
        });
        foreach (Record record in records)
        {
            if (!builder.TryAppend(builder.NextOffset, record))
            {
                return ValidationResult.Refuse(ErrorCode.MessageTooLarge, "The records do not fit into one batch");
            }
        }

        Memory<byte> built = builder.Build();
        if (built.Length > rules.MaxMessageBytes)
        {
            return ValidationResult.Refuse(
                ErrorCode.MessageTooLarge,
                $"In the topic's codec the batch has {built.Length} bytes; the topic takes {rules.MaxMessageBytes}");
        }

        return Accept(new RecordBatch(built.Span), rules) with { ValidBytes = source.Size, Replacement = built };
    }
}
