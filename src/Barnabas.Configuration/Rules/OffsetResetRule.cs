namespace Barnabas.Configuration;

/// <summary>Where a share group begins: latest, earliest, or a duration back in time (KIP-1106).</summary>
internal sealed class OffsetResetRule : ConfigRule
{
    private const string DurationPrefix = "by_duration:";

    public override string? Check(ConfigKey key, object? value)
    {
        if (value is "latest" or "earliest")
        {
            return null;
        }

        return value is string text
            && text.StartsWith(DurationPrefix, StringComparison.Ordinal)
            && IsDuration(text.AsSpan(DurationPrefix.Length))
            ? null
            : Invalid(key, value, $"Must be one of {this}");
    }

    public override string ToString() => "[latest, earliest, by_duration:PnDTnHnMn.nS]";

    /// <summary>
    /// An ISO 8601 duration of days, hours, minutes and seconds, each at most once and in this order.
    /// </summary>
    private static bool IsDuration(ReadOnlySpan<char> rest)
    {
        if (rest is not ['P' or 'p', ..])
        {
            return false;
        }

        rest = rest[1..];
        bool any = TakePart(ref rest, 'D', fraction: false);
        if (rest is ['T' or 't', ..])
        {
            rest = rest[1..];
            bool anyTime = TakePart(ref rest, 'H', fraction: false);
            anyTime |= TakePart(ref rest, 'M', fraction: false);
            anyTime |= TakePart(ref rest, 'S', fraction: true);
            any = anyTime;
        }

        return any && rest.IsEmpty;
    }

    private static bool TakePart(ref ReadOnlySpan<char> rest, char unit, bool fraction)
    {
        int length = 0;
        while (length < rest.Length
            && (char.IsAsciiDigit(rest[length]) || (fraction && length > 0 && rest[length] == '.')))
        {
            length++;
        }

        if (length == 0 || length == rest.Length || char.ToUpperInvariant(rest[length]) != unit)
        {
            return false;
        }

        rest = rest[(length + 1)..];
        return true;
    }
}
