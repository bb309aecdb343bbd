using System.CommandLine;
using Barnabas.Host;
using Microsoft.Extensions.Logging;

namespace Barnabas.Cli;

/// <summary>The options that all commands share that run a node.</summary>
internal sealed class NodeOptions
{
    private readonly Option<LogFormat> _format = new("--log-format")
    {
        Description = "How log lines look: Text or Json.",
        DefaultValueFactory = _ => LogFormat.Text,
    };

    private readonly Option<LogLevel> _level = new("--log-level")
    {
        Description = "The least severe lines that are written: Debug, Information, Warning, Error.",
        DefaultValueFactory = _ => LogLevel.Information,
    };

    private readonly Option<string[]> _overrides = new("--override")
    {
        Description = "Set a configuration key, as key=value; wins over the file. May be repeated.",
        HelpName = "key=value",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_overrides);
        command.Options.Add(_level);
        command.Options.Add(_format);
        command.Validators.Add(result =>
        {
            foreach (string pair in result.GetValue(_overrides) ?? [])
            {
                if (pair.IndexOf('=', StringComparison.Ordinal) <= 0)
                {
                    result.AddError($"--override expects key=value, not '{pair}'");
                }
            }
        });
    }

    public StreamLoggerFactory CreateLoggers(ParseResult parsed) => new(
        Console.OpenStandardOutput(),
        parsed.GetValue(_format),
        parsed.GetValue(_level),
        TimeProvider.System);

    public Dictionary<string, string> OverridesOf(ParseResult parsed)
    {
        Dictionary<string, string> overrides = new(StringComparer.Ordinal);
        foreach (string pair in parsed.GetValue(_overrides) ?? [])
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            overrides[pair[..equals].Trim()] = pair[(equals + 1)..];
        }

        return overrides;
    }
}
