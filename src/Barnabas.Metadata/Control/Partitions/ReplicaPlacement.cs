using System.Collections.Immutable;
using Barnabas.Kernel;

namespace Barnabas.Metadata;

/// <summary>
/// Places the replicas of new partitions: round the racks, and within a rack round its brokers, so that leaders and
/// followers spread evenly. The first replica is never on a fenced broker; others are only when no unfenced one is
/// left.
/// </summary>
internal sealed class ReplicaPlacement
{
    private readonly IEntropy _entropy;
    private readonly List<Rack> _racks = [];
    private readonly int _brokers;
    private readonly int _unfenced;
    private int _firstRack;
    private int _round;

    public ReplicaPlacement(MetadataImage image, IEntropy entropy)
    {
        _entropy = entropy;
        var racks = new SortedDictionary<string, Rack>(StringComparer.Ordinal);
        foreach (BrokerRegistration broker in image.Brokers.Values)
        {
            if (broker.InControlledShutdown || !broker.TakesNewReplicas)
            {
                continue;
            }

            // Brokers without a rack form one of their own; '\0' cannot be a rack's name.
            string name = broker.Rack ?? "\0";
            if (!racks.TryGetValue(name, out Rack? rack))
            {
                rack = new Rack();
                racks.Add(name, rack);
            }

            (broker.Fenced ? rack.Fenced : rack.Unfenced).Add(broker.Id);
            _brokers++;
            _unfenced += broker.Fenced ? 0 : 1;
        }

        foreach (Rack rack in racks.Values)
        {
            rack.Fenced.Start(Draw(rack.Fenced.Count));
            rack.Unfenced.Start(Draw(rack.Unfenced.Count));
            _racks.Add(rack);
        }

        _firstRack = Draw(_racks.Count);
    }

    /// <summary>The replicas of the next partition. Throws INVALID_REPLICATION_FACTOR if there are too few
    /// brokers.</summary>
    public ImmutableArray<BrokerId> Next(int replicationFactor)
    {
        Require(replicationFactor);
        // After as many partitions as there are brokers the same pattern would come again: mix.
        if (_round == _unfenced && _unfenced > 1)
        {
            Shuffle();
        }

        var replicas = ImmutableArray.CreateBuilder<BrokerId>(replicationFactor);
        int leaderRack = _firstRack;
        BrokerId? leader;
        while ((leader = _racks[leaderRack].Unfenced.Next(_round)) is null)
        {
            leaderRack = (leaderRack + 1) % _racks.Count;
        }

        replicas.Add(leader.Value);
        for (int rack = _firstRack; replicas.Count < replicationFactor; rack = (rack + 1) % _racks.Count)
        {
            if (rack == leaderRack)
            {
                // Its turn of the first round is taken.
                leaderRack = -1;
            }
            else if (_racks[rack].Next(_round) is { } follower)
            {
                replicas.Add(follower);
            }
        }

        _round++;
        _firstRack = (_firstRack + 1) % _racks.Count;
        return replicas.MoveToImmutable();
    }

    private void Require(int replicationFactor)
    {
        if (replicationFactor <= 0)
        {
            throw new ControllerException(
                ErrorCode.InvalidReplicationFactor,
                $"Invalid replication factor {replicationFactor}: the replication factor must be positive.");
        }

        if (_unfenced == 0)
        {
            throw new ControllerException(
                ErrorCode.InvalidReplicationFactor,
                "All brokers are currently fenced, or have all their log directories cordoned.");
        }

        if (replicationFactor > _brokers)
        {
            throw new ControllerException(
                ErrorCode.InvalidReplicationFactor,
                $"The target replication factor of {replicationFactor} cannot be reached because only {_brokers} " +
                "broker(s) are registered or some brokers have all their log directories cordoned.");
        }
    }

    private void Shuffle()
    {
        _round = 0;
        Shuffle(_racks);
        foreach (Rack rack in _racks)
        {
            Shuffle(rack.Fenced.Brokers);
            Shuffle(rack.Unfenced.Brokers);
        }
    }

    private void Shuffle<T>(List<T> items)
    {
        for (int last = items.Count - 1; last > 0; last--)
        {
            int other = Draw(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    // The bias of a remainder over a few thousand brokers is far below what placement could notice.
    private int Draw(int count) => count <= 1 ? 0 : (int)(_entropy.NextUInt64() % (ulong)count);

    private sealed class Rack
    {
        public Ring Fenced { get; } = new();

        public Ring Unfenced { get; } = new();

        public BrokerId? Next(int round) => Unfenced.Next(round) ?? Fenced.Next(round);
    }

    /// <summary>Brokers of one rack; each round begins one further and gives each broker once.</summary>
    private sealed class Ring
    {
        private int _start;
        private int _given;
        private int _round;

        public List<BrokerId> Brokers { get; } = [];

        public int Count => Brokers.Count;

        public void Add(BrokerId broker) => Brokers.Add(broker);

        public void Start(int at) => _start = at;

        public BrokerId? Next(int round)
        {
            if (Brokers.Count == 0)
            {
                return null;
            }

            if (round != _round)
            {
                (_round, _given) = (round, 0);
                _start = (_start + 1) % Brokers.Count;
            }

            return _given < Brokers.Count ? Brokers[(_start + _given++) % Brokers.Count] : null;
        }
    }
}
