using System.Globalization;

namespace Barnabas.Protocol.Generator;

/// <summary>A run of message versions, both ends included; empty when <c>Low &gt; High</c>.</summary>
internal readonly record struct VersionRange(int Low, int High)
{
    /// <summary>The end of an open range such as <c>3+</c>: above every version a message can have.</summary>
    private const int Open = short.MaxValue;

    public static VersionRange None => new(1, 0);

    public bool IsEmpty => Low > High;

    public bool IsOpen => High == Open;

    public static bool TryParse(string text, out VersionRange range)
    {
        range = None;
        if (text == "none")
        {
            return true;
        }

        int dash = text.IndexOf('-');
        bool open = text.EndsWith("+", StringComparison.Ordinal);
        string low = open ? text.Substring(0, text.Length - 1) : dash < 0 ? text : text.Substring(0, dash);
        string high = dash < 0 ? low : text.Substring(dash + 1);
        if (!TryParseVersion(low, out int lowest) || !TryParseVersion(high, out int highest))
        {
            return false;
        }

        range = new(lowest, open ? Open : highest);
        return !range.IsEmpty;
    }

    public bool Contains(int version) => version >= Low && version <= High;

    public bool Covers(VersionRange other) => other.IsEmpty || (Low <= other.Low && High >= other.High);

    public VersionRange Intersect(VersionRange other)
    {
        VersionRange both = new(Math.Max(Low, other.Low), Math.Min(High, other.High));
        return both.IsEmpty ? None : both;
    }

    public override string ToString() => IsEmpty ? "none"
        : IsOpen ? Low.ToString(CultureInfo.InvariantCulture) + "+"
        : Low == High ? Low.ToString(CultureInfo.InvariantCulture)
        : string.Format(CultureInfo.InvariantCulture, "{0}-{1}", Low, High);

    private static bool TryParseVersion(string text, out int version) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version) && version < Open;
}
