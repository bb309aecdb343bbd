namespace Barnabas.Cli;

/// <summary>A command cannot go on; the message is for the user, and the exit code is 1.</summary>
internal sealed class CommandFailure(string message) : Exception(message);
