using System.Globalization;

namespace Barnabas.Protocol.Generator;

/// <summary>
/// Whole numbers as schemas write them: decimal with an optional minus, or hexadecimal behind <c>0x</c>.
/// </summary>
internal static class IntegerText
{
    public static bool TryParse(string text, out long value) => text.StartsWith("0x", StringComparison.Ordinal)
        ? long.TryParse(text.Substring(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
