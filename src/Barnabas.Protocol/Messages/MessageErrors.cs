using System.Diagnostics.CodeAnalysis;

namespace Barnabas.Protocol;

/// <summary>The throws of the generated encoders, kept out of their bodies.</summary>
internal static class MessageErrors
{
    [DoesNotReturn]
    public static void ThrowVersion(string message, short version) =>
        throw new UnsupportedVersionException($"{message} has no version {version}.");

    [DoesNotReturn]
    public static void ThrowFieldUnsupported(string message, string field, short version) =>
        throw new UnsupportedVersionException($"{message} version {version} cannot carry a value in {field}.");

    [DoesNotReturn]
    public static void ThrowNull(string message, string field, short version) =>
        throw new UnsupportedVersionException($"{message} version {version} has no way to say that {field} is null.");
}
