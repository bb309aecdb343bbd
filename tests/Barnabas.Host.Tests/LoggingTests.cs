using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Barnabas.Host.Tests;

public class LoggingTests
{
    [Fact]
    public void A_text_entry_is_one_line_whatever_it_holds()
    {
        string text = Write(LogFormat.Text, log => Log.GaveUp(log, "first\nsecond\r\nthird"));
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.Single(text.TrimEnd('\n').Split('\n'));
        Assert.Contains(
            " FATAL [test] Stopping because the node cannot go on: first \\n second \\n third",
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_json_entry_holds_its_values_by_name()
    {
        string text = Write(LogFormat.Json, log => Log.Ready(log, 7, 12.5));
        using JsonDocument entry = JsonDocument.Parse(text);
        Assert.Equal("INFO", entry.RootElement.GetProperty("level").GetString());
        Assert.Equal(4, entry.RootElement.GetProperty("event").GetInt32());
        Assert.Equal(7, entry.RootElement.GetProperty("NodeId").GetInt32());
        Assert.Equal(12.5, entry.RootElement.GetProperty("Milliseconds").GetDouble());
        Assert.Equal("Node 7 is ready after 12.5 ms", entry.RootElement.GetProperty("message").GetString());
        Assert.Single(text.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Entries_below_the_least_level_are_not_written() =>
        Assert.Empty(Write(LogFormat.Text, log => Log.Closed(log), LogLevel.Warning));

    [Fact]
    public void A_log_that_nobody_reads_does_not_end_the_node()
    {
        using StreamLoggerFactory loggers = new(
            new BrokenStream(),
            LogFormat.Text,
            LogLevel.Information,
            TimeProvider.System);
        Log.Closed(loggers.CreateLogger("test"));
    }

    private static string Write(LogFormat format, Action<ILogger> write, LogLevel least = LogLevel.Information)
    {
        using MemoryStream output = new();
        using StreamLoggerFactory loggers = new(output, format, least, TimeProvider.System);
        write(loggers.CreateLogger("test"));
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("broken pipe");
    }
}
