using System.CommandLine;
using Barnabas.Client;

namespace Barnabas.Cli;

/// <summary>Runs a command's work and turns what went wrong into one line and an exit code.</summary>
internal static class CommandRunner
{
    /// <summary>What a shell reports for a process that Ctrl+C ended.</summary>
    private const int Interrupted = 130;

    public static void Runs(this Command command, Func<ParseResult, CancellationToken, Task<int>> work) =>
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return await work(parsed, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return Interrupted;
            }
            catch (Exception error) when (
                error is CommandFailure or KafkaException or ClientOptionException or IOException
                or UnauthorizedAccessException)
            {
                Terminal.Error($"Error: {error.Message}");
                return 1;
            }
        });
}
