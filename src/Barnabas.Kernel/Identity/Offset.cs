namespace Barnabas.Kernel;

/// <summary>
/// The position of a record in a partition. Dense per partition and never reused; the first record has offset 0.
/// Where a range has an end, the end is exclusive: "log end offset" is the offset the next record will get.
/// </summary>
public readonly record struct Offset(long Value) : IComparable<Offset>
{
    /// <summary>The first offset a partition can hold.</summary>
    public static Offset Zero => default;

    /// <summary>Kafka's -1: there is no such offset (an empty answer of ListOffsets, an uncommitted group).</summary>
    public static Offset None => new(-1);

    public static bool operator <(Offset left, Offset right) => left.Value < right.Value;

    public static bool operator >(Offset left, Offset right) => left.Value > right.Value;

    public static bool operator <=(Offset left, Offset right) => left.Value <= right.Value;

    public static bool operator >=(Offset left, Offset right) => left.Value >= right.Value;

    public static Offset operator +(Offset offset, long records) => new(offset.Value + records);

    public static long operator -(Offset left, Offset right) => left.Value - right.Value;

    public static Offset Min(Offset left, Offset right) => left <= right ? left : right;

    public static Offset Max(Offset left, Offset right) => left >= right ? left : right;

    public int CompareTo(Offset other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
