using System.Globalization;

namespace Barnabas.Configuration;

/// <summary>
/// A number between two bounds, both inclusive; without an upper bound where <paramref name="most"/> is null.
/// </summary>
internal sealed class RangeRule(decimal least, decimal? most = null, decimal? orExactly = null) : ConfigRule
{
    public override string? Check(ConfigKey key, object? value)
    {
        if (value is null)
        {
            return Invalid(key, value, $"Value must be non-null, allowed: {this}");
        }

        // Comparing as double loses nothing that matters: all bounds are far below 2^53 or are the bounds of the type.
        double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        if (orExactly is { } exception && number == (double)exception)
        {
            return null;
        }

        if (number < (double)least)
        {
            return Invalid(key, value, $"Value must be at least {Text(least)}, allowed: {this}");
        }

        if (most is { } bound && number > (double)bound)
        {
            return Invalid(key, value, $"Value must be no more than {Text(bound)}, allowed: {this}");
        }

        // NaN compares false with everything and Kafka lets it pass; no key here means anything by it.
        return double.IsNaN(number) ? Invalid(key, value, $"Value must be a number, allowed: {this}") : null;
    }

    public override string ToString()
    {
        string range = most is { } bound ? $"[{Text(least)},...,{Text(bound)}]" : $"[{Text(least)},...]";
        return orExactly is { } exception ? $"{range} or {Text(exception)}" : range;
    }

    private static string Text(decimal number) => number.ToString(CultureInfo.InvariantCulture);
}
