using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// The partitions a consumer has at present and where it stands in them. Guarded by the consumer's lock.
/// </summary>
internal sealed class ConsumerPartitions(Lock gate, Fetcher fetcher)
{
    private readonly SortedDictionary<(string Topic, int Partition), PartitionState> _states =
        new(Comparer<(string Topic, int Partition)>.Create(static (left, right) =>
            string.CompareOrdinal(left.Topic, right.Topic) is var order && order != 0
                ? order
                : left.Partition.CompareTo(right.Partition)));

    /// <summary>Replaces the partitions; those that stay keep their positions and what was fetched of them.</summary>
    public void Set(IEnumerable<TopicPartition> partitions)
    {
        lock (gate)
        {
            Dictionary<TopicPartition, PartitionState> before = [];
            foreach (PartitionState state in _states.Values)
            {
                before[state.Partition] = state;
            }

            _states.Clear();
            foreach (TopicPartition partition in partitions)
            {
                _states[(partition.Topic, partition.Partition)] =
                    before.GetValueOrDefault(partition) ?? new PartitionState(partition);
            }

            fetcher.SetStates([.. _states.Values]);
        }
    }

    public List<TopicPartition> All()
    {
        lock (gate)
        {
            return [.. _states.Values.Select(state => state.Partition)];
        }
    }

    /// <summary>Does something to one partition's state under the lock.</summary>
    /// <exception cref="InvalidOperationException">The partition is not assigned.</exception>
    public T With<T>(TopicPartition partition, Func<PartitionState, T> action)
    {
        lock (gate)
        {
            return _states.TryGetValue((partition.Topic, partition.Partition), out PartitionState? state)
                ? action(state)
                : throw new InvalidOperationException($"{partition} is not assigned to this consumer.");
        }
    }

    /// <summary>Does something to every partition's state under the lock.</summary>
    public void ForEach(Action<PartitionState> action)
    {
        lock (gate)
        {
            foreach (PartitionState state in _states.Values)
            {
                action(state);
            }
        }
    }

    public bool Contains(PartitionState state)
    {
        lock (gate)
        {
            return _states.TryGetValue((state.Partition.Topic, state.Partition.Partition), out PartitionState? now)
                && ReferenceEquals(now, state);
        }
    }

    /// <summary>The positions of all partitions that have one.</summary>
    public Dictionary<TopicPartition, CommittedOffset> Positions()
    {
        Dictionary<TopicPartition, CommittedOffset> positions = [];
        ForEach(state =>
        {
            if (state.Position is { } position)
            {
                positions[state.Partition] = new CommittedOffset(new Offset(position));
            }
        });
        return positions;
    }
}
