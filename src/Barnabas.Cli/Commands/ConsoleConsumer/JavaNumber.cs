using System.Globalization;

namespace Barnabas.Cli;

/// <summary>
/// Floating numbers as Java writes them: always with a point, and outside 0.001 to 10 million with an exponent.
/// </summary>
internal static class JavaNumber
{
    public static string Text(float number) => Text(number, number.ToString(CultureInfo.InvariantCulture));

    public static string Text(double number) => Text(number, number.ToString(CultureInfo.InvariantCulture));

    // Both languages choose the fewest digits that tell the number from its neighbours; only their dress differs.
    private static string Text(double number, string text)
    {
        double size = Math.Abs(number);
        if (!double.IsFinite(number))
        {
            return text;
        }

        if (size is 0 or (>= 1e-3 and < 1e7))
        {
            return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
        }

        string[] halves = text.TrimStart('-').Split('E');
        string[] parts = halves[0].Split('.');
        string whole = parts[0].TrimStart('0');
        string fraction = parts.Length > 1 ? parts[1] : "";
        string digits = (whole + fraction).TrimStart('0');
        int exponent = halves.Length > 1 ? int.Parse(halves[1], CultureInfo.InvariantCulture) : 0;
        exponent += whole.Length > 0 ? whole.Length - 1 : -1 - (fraction.Length - fraction.TrimStart('0').Length);
        string rest = digits[1..].TrimEnd('0');
        return $"{(number < 0 ? "-" : "")}{digits[0]}.{(rest.Length > 0 ? rest : "0")}E{exponent}";
    }
}
