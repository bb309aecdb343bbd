namespace Barnabas.Kernel;

/// <summary>The <c>node.id</c> of a broker or controller, at least 0. -1 on the wire means "no broker".</summary>
public readonly record struct BrokerId(int Value) : IComparable<BrokerId>
{
    public static BrokerId None => new(-1);

    public int CompareTo(BrokerId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
