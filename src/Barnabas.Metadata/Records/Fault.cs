using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Barnabas.Metadata;

/// <summary>Checks of replay.</summary>
internal static class Fault
{
    public static void If([DoesNotReturnIf(true)] bool wrong, string message)
    {
        if (wrong)
        {
            Throw(message);
        }
    }

    /// <summary>With an interpolated message that is built only when it is needed.</summary>
    public static void If(
        [DoesNotReturnIf(true)] bool wrong,
        [InterpolatedStringHandlerArgument(nameof(wrong))] ref FaultText message)
    {
        if (wrong)
        {
            Throw(message.ToStringAndClear());
        }
    }

    [DoesNotReturn]
    private static void Throw(string message) => throw new MetadataFaultException(message);
}
