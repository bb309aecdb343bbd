using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// Finds where to begin: at the committed offset, else where the reset policy says. At most one search at a time; its
/// result is dropped for a partition that was moved or taken away meanwhile.
/// </summary>
internal sealed class PositionFinder(
    ConsumerOptions options,
    ConsumerPartitions partitions,
    GroupOffsets? group,
    OffsetQuery offsets,
    Action<KafkaException> fail,
    Action wake)
{
    private Task _search = Task.CompletedTask;

    /// <summary>Starts a search if some partition needs one and none is under way.</summary>
    public async ValueTask StartAsync(CancellationToken cancellation)
    {
        if (!_search.IsCompleted)
        {
            return;
        }

        // What it expects it has told already; anything else must not pass in silence.
        await _search.ConfigureAwait(false);

        List<PartitionState> lost = [];
        partitions.ForEach(state =>
        {
            if (state.Position is null)
            {
                lost.Add(state);
            }
        });
        if (lost.Count > 0)
        {
            _search = SearchAsync(lost, cancellation);
        }
    }

    private async Task SearchAsync(List<PartitionState> lost, CancellationToken cancellation)
    {
        await Task.Yield();
        try
        {
            Dictionary<TopicPartition, CommittedOffset> committed = await CommittedAsync(lost, cancellation)
                .ConfigureAwait(false);
            Dictionary<TopicPartition, OffsetSpec> resets = Resets(lost, committed);
            Dictionary<TopicPartition, ListedOffset> listed = resets.Count == 0
                ? []
                : await offsets.AskAsync(resets, options.IsolationLevel, options.CallTimeout, cancellation)
                    .ConfigureAwait(false);
            partitions.ForEach(state =>
            {
                if (state.Position is null && lost.Contains(state))
                {
                    long? found = committed.TryGetValue(state.Partition, out CommittedOffset offset)
                        ? offset.Offset.Value
                        : listed.TryGetValue(state.Partition, out ListedOffset end) ? end.Offset.Value : null;
                    if (found is { } position)
                    {
                        state.MoveTo(position);
                    }
                }
            });
        }
        catch (KafkaException error)
        {
            fail(error);
        }
        catch (OperationCanceledException)
        {
            // The consumer is closing.
        }

        wake();
    }

    private async Task<Dictionary<TopicPartition, CommittedOffset>> CommittedAsync(
        List<PartitionState> lost, CancellationToken cancellation)
    {
        List<TopicPartition> asked = [];
        foreach (PartitionState state in lost)
        {
            if (state.Reset is null && group is not null)
            {
                asked.Add(state.Partition);
            }
        }

        return asked.Count == 0 ? [] : await group!.FetchAsync(asked, cancellation).ConfigureAwait(false);
    }

    private Dictionary<TopicPartition, OffsetSpec> Resets(
        List<PartitionState> lost, Dictionary<TopicPartition, CommittedOffset> committed)
    {
        Dictionary<TopicPartition, OffsetSpec> resets = [];
        foreach (PartitionState state in lost)
        {
            if (committed.ContainsKey(state.Partition))
            {
                continue;
            }

            OffsetReset reset = state.Reset ?? options.OffsetReset;
            if (reset == OffsetReset.None)
            {
                throw new KafkaException(
                    ErrorCode.OffsetOutOfRange,
                        $"{state.Partition} has no committed offset, and auto.offset.reset is none");
            }

            resets[state.Partition] = reset == OffsetReset.Earliest ? OffsetSpec.Earliest : OffsetSpec.Latest;
        }

        return resets;
    }
}
