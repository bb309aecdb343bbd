using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Barnabas.Host;

/// <summary>Turns log entries into lines of bytes. Not for concurrent use.</summary>
internal sealed class LogLines(LogFormat format)
{
    private static readonly JsonWriterOptions JsonOptions =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    /// <summary>The line with its end; valid until the next call.</summary>
    public ReadOnlySpan<byte> Format<TState>(
        DateTimeOffset time,
        LogLevel level,
        string category,
        EventId id,
        TState state,
        string message,
        Exception? exception)
    {
        _buffer.ResetWrittenCount();
        if (format == LogFormat.Json)
        {
            WriteJson(time, level, category, id, state, message, exception);
        }
        else
        {
            WriteText(time, level, category, message, exception);
        }

        _buffer.Write("\n"u8);
        return _buffer.WrittenSpan;
    }

    /// <summary>The line that stands for lines that found no room.</summary>
    public ReadOnlySpan<byte> FormatDropped(DateTimeOffset time, long lines)
    {
        string message = string.Create(
            CultureInfo.InvariantCulture, $"{lines} lines were dropped because the log was not read fast enough");
        KeyValuePair<string, object?>[] values = [new("Lines", lines)];
        return Format(time, LogLevel.Warning, "log", new EventId(50), values, message, exception: null);
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        LogLevel.Error => "ERROR",
        _ => "FATAL",
    };

    private static string Stamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private void WriteText(DateTimeOffset time, LogLevel level, string category, string message, Exception? exception)
    {
        // A line is one entry, whatever a message brings along: names from the wire may hold line ends.
        string text = $"{Stamp(time)} {Name(level),-5} [{category}] {message}";
        if (exception is not null)
        {
            text += " | " + exception;
        }

        Encoding.UTF8.GetBytes(OneLine(text), _buffer);
    }

    private static string OneLine(string text) =>
        text.AsSpan().IndexOfAny('\r', '\n') < 0
            ? text
            : text.Replace("\r\n", " \\n ", StringComparison.Ordinal)
                .Replace("\n", " \\n ", StringComparison.Ordinal)
                .Replace("\r", " \\r ", StringComparison.Ordinal);

    private void WriteJson<TState>(
        DateTimeOffset time,
        LogLevel level,
        string category,
        EventId id,
        TState state,
        string message,
        Exception? exception)
    {
        using Utf8JsonWriter writer = new(_buffer, JsonOptions);
        writer.WriteStartObject();
        writer.WriteString("time", Stamp(time));
        writer.WriteString("level", Name(level));
        writer.WriteString("category", category);
        writer.WriteNumber("event", id.Id);
        writer.WriteString("message", message);
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            foreach ((string name, object? value) in values)
            {
                if (name != "{OriginalFormat}")
                {
                    WriteValue(writer, name, value);
                }
            }
        }

        if (exception is not null)
        {
            writer.WriteString("exception", exception.ToString());
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNull(name);
                break;
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case int or long or short:
                writer.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumber(name, number);
                break;
            default:
                writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
