namespace Barnabas.Kernel;

/// <summary>An <see cref="Invariant"/> did not hold: a fault of this program, never of its input.</summary>
public sealed class InvariantBrokenException(string expression)
    : Exception($"An invariant does not hold: {expression}")
{
    /// <summary>The condition as it stands in the source.</summary>
    public string Expression { get; } = expression;
}
