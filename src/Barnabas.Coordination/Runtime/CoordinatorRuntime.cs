using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// All partitions of a coordinator's topic on this node, as a pure core: every method is one turn at a given time. It
/// never waits and never asks a clock; <see cref="CoordinatorDriver{TShard}"/> brings it time, requests and log bytes.
/// </summary>
internal sealed class CoordinatorRuntime<TShard>
    where TShard : class, ICoordinatorShard
{
    private readonly CoordinatorSettings<TShard> _settings;
    private readonly CoordinatorWheel _wheel;
    private readonly CoordinatorPartition<TShard>[] _partitions;

    public CoordinatorRuntime(CoordinatorSettings<TShard> settings, int partitions, MonotonicTime start)
    {
        _settings = settings;
        _wheel = new CoordinatorWheel(start);
        _partitions = new CoordinatorPartition<TShard>[partitions];
        for (int i = 0; i < partitions; i++)
        {
            _partitions[i] = new CoordinatorPartition<TShard>(i, settings, _wheel);
        }
    }

    public IReadOnlyList<CoordinatorPartition<TShard>> Partitions => _partitions;

    /// <summary>When <see cref="Advance"/> wants to be called, if nothing else comes first.</summary>
    public MonotonicTime Wake => _wheel.Wake;

    public void Advance(CoordinatorTime now) => Begin(now);

    /// <summary>True if the partition's log is to be loaded now.</summary>
    public bool GainLeadership(int partition, LeaderEpoch epoch, CoordinatorTime now)
    {
        Begin(now);
        return _partitions[partition].GainLeadership(epoch);
    }

    public void LoseLeadership(int partition, LeaderEpoch epoch, CoordinatorTime now)
    {
        Begin(now);
        _partitions[partition].LoseLeadership(epoch);
    }

    /// <summary>True if the partition still waits for its log in this epoch.</summary>
    public bool IsLoading(int partition, LeaderEpoch epoch) =>
        _partitions[partition].State == CoordinatorPartitionState.Loading && _partitions[partition].Epoch == epoch;

    public Offset LoadPosition(int partition) => _partitions[partition].LoadPosition;

    /// <summary>True if there is more of the log to load.</summary>
    public bool Load(int partition, CoordinatorRead read, ReadOnlySpan<byte> batches, CoordinatorTime now)
    {
        Begin(now);
        return _partitions[partition].Load(read, batches);
    }

    public void Execute(CoordinatorCall<TShard> call, CoordinatorTime now)
    {
        Begin(now);
        _partitions[call.Partition].Execute(call);
    }

    public void OnHighWatermark(int partition, LeaderEpoch epoch, Offset highWatermark, CoordinatorTime now)
    {
        Begin(now);
        _partitions[partition].OnHighWatermark(epoch, highWatermark);
    }

    private void Begin(CoordinatorTime now)
    {
        // What is due comes before what arrives: a heartbeat after the session's end does not save the session.
        _settings.Turn.Now = now;
        _wheel.Advance(now.Monotonic);
    }
}
