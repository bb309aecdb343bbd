namespace Barnabas.Kernel;

/// <summary>
/// Counts the leaderships of one partition. Raised by the controller with each new leader; at most one leader per
/// (partition, epoch), ever. Stamped into each batch as partitionLeaderEpoch (KIP-101).
/// </summary>
public readonly record struct LeaderEpoch(int Value) : IComparable<LeaderEpoch>
{
    /// <summary>Kafka's -1: unknown, or "do not check" when it comes from a client.</summary>
    public static LeaderEpoch None => new(-1);

    public static bool operator <(LeaderEpoch left, LeaderEpoch right) => left.Value < right.Value;

    public static bool operator >(LeaderEpoch left, LeaderEpoch right) => left.Value > right.Value;

    public static bool operator <=(LeaderEpoch left, LeaderEpoch right) => left.Value <= right.Value;

    public static bool operator >=(LeaderEpoch left, LeaderEpoch right) => left.Value >= right.Value;

    public int CompareTo(LeaderEpoch other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
