using System.Diagnostics;
using System.Text.Json;

namespace Barnabas.Cli.Tests;

/// <summary>What the binary says and ends with when there is no node to talk to.</summary>
public sealed class CommandLineTests
{
    // Nothing listens on the port of discard.
    private const string Nobody = "127.0.0.1:9";

    [Theory]
    [InlineData("topics", "--list")]
    [InlineData("console-consumer", "--topic", "t")]
    [InlineData("console-producer", "--topic", "t")]
    public async Task A_broker_that_cannot_be_reached_is_told_while_it_is_tried(params string[] arguments)
    {
        using Process process = OwnTool.Start([.. arguments, "--bootstrap-server", Nobody]);
        try
        {
            await process.StandardInput.WriteLineAsync("a line");
            string? first = await process.StandardError.ReadLineAsync();
            Assert.Contains(Nobody, first, StringComparison.Ordinal);
            Assert.EndsWith("Trying again for up to 60 s.", first, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
        }
    }

    [Theory]
    [InlineData("NetworkException|RequestTimedOut", "topics", "--list")]
    [InlineData(null, "topics", "--list", "--create")]
    [InlineData(null, "topics", "--nonsense")]
    [InlineData(null, "console-consumer")]
    public async Task Errors_are_json_where_results_are(string? code, params string[] arguments)
    {
        string config = Path.GetTempFileName();
        await File.WriteAllTextAsync(config, "default.api.timeout.ms=500");
        ToolResult result = OwnTool.Run(
            "", [.. arguments, "--output", "json", "--bootstrap-server", Nobody, "--command-config", config]);
        File.Delete(config);
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        using JsonDocument told = JsonDocument.Parse(result.Error.TrimEnd().Split('\n')[^1]);
        Assert.NotEmpty(told.RootElement.GetProperty("error").GetString()!);
        Assert.Equal(code is not null, told.RootElement.TryGetProperty("code", out JsonElement known));
        Assert.True(code is null || code.Split('|').Contains(known.GetString()));
    }

    [Fact]
    public void A_configuration_with_problems_is_named_as_it_was_given()
    {
        ToolResult result = OwnTool.Run("", "storage", "info", "-c", "/dev/null");
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error: /dev/null: ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list", "partitions", "--list", "--partitions", "1")]
    [InlineData("describe", "config", "--describe", "--config", "a=b")]
    [InlineData("partitions", "replica-assignment", "--create", "--partitions", "1", "--replica-assignment", "1")]
    [InlineData("topics-with-overrides", "unavailable-partitions",
        "--describe", "--topics-with-overrides", "--unavailable-partitions")]
    [InlineData("create", "if-exists", "--create", "--if-exists")]
    [InlineData("delete", "topic-id", "--delete", "--topic-id", "AAAAAAAAAAAAAAAAAAAAAQ")]
    public void Options_that_do_not_go_together_are_refused(string with, string option, params string[] arguments)
    {
        ToolResult result = OwnTool.Run("", ["topics", "--topic", "t", .. arguments]);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal($"Error: Option \"[{option}]\" can't be used with option \"[{with}]\"\n", result.Error);
    }
}
