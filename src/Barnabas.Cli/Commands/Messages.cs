using Barnabas.Kernel;

namespace Barnabas.Cli;

/// <summary>
/// What a command tells beside its results, on standard error. As text it is for people: red only if that is a terminal
/// and NO_COLOR is not set, so that files and pipes get plain text. As JSON each message is an object on a line of its
/// own: <c>{"error": ...}</c>, with a <c>code</c> if a broker or the protocol has one, or <c>{"warning": ...}</c>.
/// </summary>
internal sealed class Messages(OutputFormat format)
{
    private static bool UsesColour =>
        !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public void Error(string message, ErrorCode? code = null) =>
        Write("error", message, code, $"Error: {message}", "\e[31m");

    public void Warning(string message) => Write("warning", message, null, message, "\e[33m");

    private void Write(string kind, string message, ErrorCode? code, string words, string colour) =>
        Console.Error.WriteLine(
            format == OutputFormat.Json ? Json(kind, message, code) : UsesColour ? $"{colour}{words}\e[0m" : words);

    internal static string Json(string kind, string message, ErrorCode? code) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString(kind, message);
        if (code is { } known)
        {
            json.WriteString("code", known.ToString());
        }

        json.WriteEndObject();
    });
}
