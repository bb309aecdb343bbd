using System.Globalization;

namespace Barnabas.Protocol.Generator;

/// <summary>C# conditions over a local named <c>version</c>.</summary>
internal static class Conditions
{
    public const string True = "true";
    public const string False = "false";

    /// <summary>
    /// The test for <paramref name="wanted"/>, knowing that the version already lies in <paramref name="known"/>.
    /// </summary>
    public static string In(VersionRange wanted, VersionRange known)
    {
        VersionRange both = wanted.Intersect(known);
        if (both.IsEmpty)
        {
            return False;
        }

        string low = both.Low > known.Low ? "version >= " + both.Low.ToString(CultureInfo.InvariantCulture) : "";
        string high = both.High < known.High ? "version <= " + both.High.ToString(CultureInfo.InvariantCulture) : "";
        return (low, high) switch
        {
            ("", "") => True,
            ("", _) => high,
            (_, "") => low,
            _ when both.Low == both.High => "version == " + both.Low.ToString(CultureInfo.InvariantCulture),
            _ => low + " && " + high,
        };
    }
}
