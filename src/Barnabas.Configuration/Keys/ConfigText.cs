using System.Globalization;

namespace Barnabas.Configuration;

/// <summary>
/// Text to value and back, by the rules of Kafka's configuration parser: everything is trimmed, booleans ignore case,
/// lists are split at commas with the blanks around them, numbers are decimal.
/// </summary>
internal static class ConfigText
{
    public static bool TryParse(
        ConfigType type,
        string text,
        out object? value,
        [NotNullWhen(false)] out string? expected)
    {
        // Java's trim: everything up to and including the space character.
        string trimmed = Trim(text);
        expected = null;
        value = type switch
        {
            ConfigType.Boolean => (object?)ParseBoolean(trimmed),
            ConfigType.Int => (int?)ParseInteger(trimmed, int.MinValue, int.MaxValue),
            ConfigType.Short => (short?)ParseInteger(trimmed, short.MinValue, short.MaxValue),
            ConfigType.Long => ParseInteger(trimmed, long.MinValue, long.MaxValue),
            ConfigType.Double => ParseDouble(trimmed),
            ConfigType.List => ParseList(trimmed),
            _ => trimmed,
        };
        if (value is null)
        {
            expected = type == ConfigType.Boolean
                ? "Expected value to be either true or false"
                : $"Not a number of type {TypeName(type)}{Range(type)}";
        }

        return value is not null;
    }

    public static string? Print(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        double number => PrintDouble(number),
        IReadOnlyList<string> list => string.Join(',', list),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    public static string TypeName(ConfigType type) => type switch
    {
        ConfigType.Boolean => "BOOLEAN",
        ConfigType.String => "STRING",
        ConfigType.Int => "INT",
        ConfigType.Short => "SHORT",
        ConfigType.Long => "LONG",
        ConfigType.Double => "DOUBLE",
        ConfigType.List => "LIST",
        ConfigType.Class => "CLASS",
        ConfigType.Password => "PASSWORD",
        _ => "UNKNOWN",
    };

    /// <summary>
    /// The shortest decimal text that reads back as the same number, laid out as Java does: plain from 10^-3 up to 10^7
    /// with at least one digit after the point, else with one digit before it and an exponent.
    /// </summary>
    public static string PrintDouble(double number)
    {
        if (double.IsNaN(number))
        {
            return "NaN";
        }

        if (double.IsInfinity(number))
        {
            return number > 0 ? "Infinity" : "-Infinity";
        }

        if (number == 0)
        {
            return double.IsNegative(number) ? "-0.0" : "0.0";
        }

        double size = Math.Abs(number);
        if (size is >= 1e-3 and < 1e7)
        {
            string plain = number.ToString("0.0################", CultureInfo.InvariantCulture);
            return double.Parse(plain, CultureInfo.InvariantCulture) == number
                ? plain
                : number.ToString("R", CultureInfo.InvariantCulture);
        }

        // The fewest digits after the point (Java writes at least one) that read back as the same number.
        int digits = 1;
        string text = Scientific(number, digits);
        while (double.Parse(text, CultureInfo.InvariantCulture) != number)
        {
            text = Scientific(number, ++digits);
        }

        int mark = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{text[..mark]}E{exponent}");
    }

    private static string Scientific(double number, int digits) =>
        number.ToString(string.Create(CultureInfo.InvariantCulture, $"E{digits}"), CultureInfo.InvariantCulture);

    private static string Trim(string text)
    {
        ReadOnlySpan<char> rest = text;
        while (rest.Length > 0 && rest[0] <= ' ')
        {
            rest = rest[1..];
        }

        while (rest.Length > 0 && rest[^1] <= ' ')
        {
            rest = rest[..^1];
        }

        return rest.Length == text.Length ? text : rest.ToString();
    }

    private static bool? ParseBoolean(string text) =>
        text.Equals("true", StringComparison.OrdinalIgnoreCase) ? true
        : text.Equals("false", StringComparison.OrdinalIgnoreCase) ? false
        : null;

    private static long? ParseInteger(string text, long least, long most) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number >= least && number <= most
            ? number
            : null;

    private static double? ParseDouble(string text)
    {
        // Java allows a type suffix: 0.5d, 1f.
        string digits = text.Length > 1 && text[^1] is 'd' or 'D' or 'f' or 'F' ? text[..^1] : text;
        const NumberStyles Style =
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(digits, Style, CultureInfo.InvariantCulture, out double number) ? number : null;
    }

    private static string[] ParseList(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        string[] items = text.Split(',');
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = items[i].Trim();
        }

        return items;
    }

    private static string Range(ConfigType type) => type switch
    {
        ConfigType.Int => $" ({int.MinValue} to {int.MaxValue})",
        ConfigType.Short => $" ({short.MinValue} to {short.MaxValue})",
        ConfigType.Long => $" ({long.MinValue} to {long.MaxValue})",
        _ => "",
    };
}
