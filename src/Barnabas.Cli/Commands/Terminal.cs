namespace Barnabas.Cli;

/// <summary>
/// Words for people, on standard error. Red only if that is a terminal and NO_COLOR is not set, so that files and pipes
/// get plain text.
/// </summary>
internal static class Terminal
{
    private static bool UsesColour =>
        !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static void Error(string message) => Write(message, "\e[31m");

    public static void Warning(string message) => Write(message, "\e[33m");

    private static void Write(string message, string colour) =>
        Console.Error.WriteLine(UsesColour ? $"{colour}{message}\e[0m" : message);
}
