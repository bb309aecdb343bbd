using System.Globalization;

namespace Barnabas.Configuration;

/// <summary>
/// What is wrong with one key. <paramref name="Line"/> counts from 1; it is null if the value does not come from a file
/// (an override, a default, or a key that is missing).
/// </summary>
public sealed record ConfigProblem(string Key, string Message, int? Line)
{
    public override string ToString() =>
        Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"line {line}: {Message}") : Message;
}
