using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Barnabas.Host.Tests;

public class LoggingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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

    [Theory]
    [InlineData("Microsoft.Hosting.Lifetime", false)]
    [InlineData("node", true)]
    public void Of_the_web_framework_only_warnings_are_written(string category, bool isWritten)
    {
        using StreamLoggerFactory loggers = New(Stream.Null);
        ILogger log = loggers.CreateLogger(category);
        Assert.Equal(isWritten, log.IsEnabled(LogLevel.Information));
        Assert.True(log.IsEnabled(LogLevel.Warning));
    }

    [Fact]
    public void A_closed_log_does_not_disturb_who_logs_or_closes_it()
    {
        using BrokenStream broken = new();
        using (StreamLoggerFactory loggers = New(broken))
        {
            ILogger log = loggers.CreateLogger("test");
            Log.Closed(log);
            Assert.True(loggers.Flush(Patience));
            Log.Closed(log);
        }

        Assert.Equal(2, broken.Tries);
    }

    [Fact]
    public async Task Who_logs_never_waits_for_who_reads_and_lost_lines_are_counted()
    {
        const int LineBytes = 4096;
        const int Lines = 2 * StreamLoggerFactory.WaitingBytesMax / LineBytes;
        using BlockedStream blocked = new();
        using StreamLoggerFactory loggers = New(blocked);
        ILogger log = loggers.CreateLogger("test");
        Log.Closed(log);
        Assert.True(blocked.Entered.Wait(Patience));

        // On another thread, so that a logger that waits fails the test instead of hanging it.
        Task logging = Task.Run(() =>
        {
            for (int i = 0; i < Lines; i++)
            {
                Log.GaveUp(log, new string('x', LineBytes));
            }
        });
        await logging.WaitAsync(Patience);
        Assert.False(loggers.Flush(TimeSpan.Zero));

        blocked.Open.Set();
        Assert.True(loggers.Flush(Patience));
        string[] written = Encoding.UTF8.GetString(blocked.ToArray()).TrimEnd('\n').Split('\n');
        int kept = written.Count(static line => line.Contains("xxx", StringComparison.Ordinal));
        Assert.InRange(kept, 1, StreamLoggerFactory.WaitingBytesMax / LineBytes);
        Assert.Contains($" WARN  [log] {Lines - kept} lines were dropped", written[^1], StringComparison.Ordinal);
    }

    private static StreamLoggerFactory New(
        Stream output, LogFormat format = LogFormat.Text, LogLevel least = LogLevel.Information) =>
        new(output, format, least, TimeProvider.System);

    private static string Write(LogFormat format, Action<ILogger> write, LogLevel least = LogLevel.Information)
    {
        using MemoryStream output = new();
        using (StreamLoggerFactory loggers = New(output, format, least))
        {
            write(loggers.CreateLogger("test"));
        }

        return Encoding.UTF8.GetString(output.ToArray());
    }

    private sealed class BrokenStream : MemoryStream
    {
        public int Tries { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Tries++;
            throw new IOException("broken pipe");
        }
    }

    /// <summary>A reader that stands still until it is let go.</summary>
    private sealed class BlockedStream : MemoryStream
    {
        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Open { get; } = new();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Entered.Set();
            Open.Wait();
            base.Write(buffer);
        }

        protected override void Dispose(bool disposing)
        {
            Open.Set();
            base.Dispose(disposing);
        }
    }
}
