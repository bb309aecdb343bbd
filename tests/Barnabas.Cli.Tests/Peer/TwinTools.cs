namespace Barnabas.Cli.Tests;

/// <summary>A node of this checkout, and the tools of both sides to use with it.</summary>
public sealed class TwinTools : IAsyncLifetime, IDisposable
{
    private static readonly Dictionary<string, string> MainClasses = new(StringComparer.Ordinal)
    {
        ["topics"] = "org.apache.kafka.tools.TopicCommand",
        ["console-consumer"] = "org.apache.kafka.tools.consumer.ConsoleConsumer",
        ["console-producer"] = "org.apache.kafka.tools.ConsoleProducer",
        ["dump-log"] = "org.apache.kafka.tools.DumpLogSegments",
        ["storage"] = "kafka.tools.StorageTool",
    };

    private readonly KafkaTools _kafka = new();

    public OwnNode Node { get; } = new();

    public Task InitializeAsync() => Node.InitializeAsync();

    public Task DisposeAsync() => Node.DisposeAsync();

    public void Dispose() => _kafka.Dispose();

    public ToolResult Ours(string command, string input, params ReadOnlySpan<string> arguments) =>
        OwnTool.Run(input, Complete(command, [command, .. arguments]));

    public ToolResult Theirs(string command, string input, params ReadOnlySpan<string> arguments) =>
        _kafka.Run(MainClasses[command], input, Complete(command, arguments));

    // Tools that talk to a node are told which.
    private string[] Complete(string command, ReadOnlySpan<string> arguments) => command is "storage" or "dump-log"
        ? [.. arguments]
        : [.. arguments, "--bootstrap-server", Node.Address];
}
