using System.CommandLine;
using Barnabas.Client;

namespace Barnabas.Cli;

/// <summary>Runs a command's work and turns what went wrong into one message and an exit code.</summary>
internal static class CommandRunner
{
    private const int Failure = 1;

    /// <summary>What a shell reports for a process that Ctrl+C ended.</summary>
    private const int Interrupted = 130;

    /// <summary>
    /// Tells what is wrong with a command line as JSON, if it asks for that; null if there is nothing to tell.
    /// </summary>
    public static int? RefuseAsJson(ParseResult parsed)
    {
        Option<OutputFormat>? output =
            parsed.CommandResult.Command.Options.OfType<Option<OutputFormat>>().SingleOrDefault();
        bool isKnown = output is not null && parsed.GetResult(output) is { } result && !result.Errors.Any();
        if (parsed.Errors.Count == 0 || !isKnown || parsed.GetValue(output!) != OutputFormat.Json)
        {
            return null;
        }

        new Messages(OutputFormat.Json).Error(string.Join(' ', parsed.Errors.Select(error => error.Message)));
        return Failure;
    }

    /// <param name="output">The option that says how messages look; null for a command that has text only.</param>
    public static void Runs(
        this Command command,
        Func<ParseResult, Messages, CancellationToken, Task<int>> work,
        Option<OutputFormat>? output = null) =>
        command.SetAction(async (parsed, cancellation) =>
        {
            Messages messages = new(output is null ? OutputFormat.Text : parsed.GetValue(output));
            try
            {
                return await work(parsed, messages, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return Interrupted;
            }
            catch (Exception error) when (
                error is CommandFailure or KafkaException or ClientOptionException or IOException
                or UnauthorizedAccessException)
            {
                messages.Error(error.Message, (error as KafkaException)?.ErrorCode);
                return Failure;
            }
        });
}
