using System.CommandLine;

namespace Barnabas.Cli;

/// <summary>Options that several commands have, each command with objects of its own.</summary>
internal static class SharedOptions
{
    public static Option<string> BootstrapServer() => new("--bootstrap-server")
    {
        Description = "The brokers to connect to first: host1:port1,host2:port2",
        HelpName = "host:port",
        DefaultValueFactory = static _ => "localhost:9092",
    };

    public static Option<OutputFormat> Output() => new("--output")
    {
        Description = "text as Kafka's tools print it, or json; then errors and warnings too are JSON, an object on a "
            + "line of standard error with the member error or warning, and code if there is one",
        HelpName = "text|json",
        DefaultValueFactory = static _ => OutputFormat.Text,
    };

    public static Option<FileInfo?> File(string name, string description, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = "file",
    };

    public static Option<string[]> Properties(string name, string description, params string[] aliases) =>
        new(name, aliases)
        {
            Description = description,
            HelpName = "key=value",
        };

    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    public static Option<T> Value<T>(string name, string helpName, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = helpName };
}
