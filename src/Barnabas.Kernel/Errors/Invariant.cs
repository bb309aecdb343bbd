using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Barnabas.Kernel;

/// <summary>
/// What must always hold. Stays on in release builds: a broken invariant takes the partition, or the process, out of
/// service rather than let it go on with damaged state.
/// </summary>
public static class Invariant
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void That(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition)
        {
            Broken(expression);
        }
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Broken(string? expression) => throw new InvariantBrokenException(expression ?? "unnamed");
}
