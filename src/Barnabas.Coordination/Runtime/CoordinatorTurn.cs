namespace Barnabas.Coordination;

/// <summary>The time of the turn that is running; every step of one turn sees the same.</summary>
internal sealed class CoordinatorTurn
{
    public CoordinatorTime Now { get; set; }
}
