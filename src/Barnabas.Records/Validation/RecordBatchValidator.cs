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

        if (view.Compression == CompressionType.None && !mustRebuild)
        {
            return ValidateRecords(batch, new RecordReader(view), target, rules, context);
        }

        RecordScratch scratch = scratchPool.Rent();
        try
        {
            RecordReader reader = scratch.Read(view, codecs, rules.DecompressionLimit);
            return ValidateRecords(batch, reader, target, rules, context);
        }
        finally
        {
            scratchPool.Return(scratch);
        }
    }

    private ValidationResult ValidateRecords(
        MutableRecordBatch batch,
        RecordReader records,
        CompressionType target,
        AppendRules rules,
        in AppendContext context)
    {
        RecordBatch view = batch.View;
        RecordReader reader = records;
        List<RecordError>? errors = null;
        bool timestampError = false;
        bool sequential = true;
        long maxTimestamp = RecordBatch.NoTimestamp;
        int index = 0;
        for (; reader.MoveNext(); index++)
        {
            sequential &= reader.OffsetDelta == index;
            maxTimestamp = Math.Max(maxTimestamp, reader.Timestamp);
            RecordViolation violation = RecordRules.FirstViolation(reader, view, rules, context.NowMs);
            if (violation != RecordViolation.None)
            {
                timestampError |= violation is RecordViolation.TimestampOutOfRange or RecordViolation.StampedByProducer;
                errors ??= [];
                if (errors.Count < MaxRecordErrors)
                {
                    string message = RecordRules.Describe(violation, reader.Timestamp, rules, context.NowMs);
                    errors.Add(new RecordError(index, message));
                }
            }
        }

        if (reader.Fault != RecordFault.None)
        {
            return RecordRules.Refuse(reader.Fault, index);
        }

        if (errors is not null)
        {
            return RecordRules.Refuse(errors, timestampError);
        }

        // A batch whose offsets have gaps or stand still is written anew: the log is dense where a leader appends.
        bool isDense = sequential && view.LastOffsetDelta == index - 1;
        bool inPlace = isDense && (target == view.Compression || view.IsControl);
        return inPlace || index == 0
            ? Stamp(batch, rules, context, maxTimestamp)
            : Rebuild(view, records, target, rules, context);
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
