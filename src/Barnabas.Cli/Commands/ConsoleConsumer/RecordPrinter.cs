using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Barnabas.Client;

namespace Barnabas.Cli;

/// <summary>
/// Prints records as Kafka's default formatter does, by the same properties, or one JSON object per line. Gathers
/// output and writes it in large pieces; <see cref="Flush"/> when nothing follows at once.
/// </summary>
internal sealed class RecordPrinter
{
    // 64 KiB: what a pipe takes in one go.
    private const int FlushBytes = 64 * 1024;

    private readonly Stream _output;
    private readonly OutputFormat _format;
    private readonly Action<string>? _skipped;
    private readonly Deserializers _deserializers;
    private readonly bool _timestamp;
    private readonly bool _key;
    private readonly bool _value;
    private readonly bool _partition;
    private readonly bool _offset;
    private readonly bool _delivery;
    private readonly bool _epoch;
    private readonly bool _headers;
    private readonly byte[] _keySeparator;
    private readonly byte[] _lineSeparator;
    private readonly byte[] _headersSeparator;
    private readonly byte[] _nullLiteral;
    private readonly ArrayBufferWriter<byte> _buffer = new(2 * FlushBytes);

    /// <param name="skipped">
    /// Is told of a record that cannot be printed, which is then left out; null makes it an error.
    /// </param>
    public RecordPrinter(
        Stream output,
        OutputFormat format,
        IReadOnlyDictionary<string, string> properties,
        Action<string>? skipped = null)
    {
        _output = output;
        _format = format;
        _skipped = skipped;
        _timestamp = Flag(properties, "print.timestamp", false);
        _key = Flag(properties, "print.key", false);
        _value = Flag(properties, "print.value", true);
        _partition = Flag(properties, "print.partition", false);
        _offset = Flag(properties, "print.offset", false);
        _delivery = Flag(properties, "print.delivery", false);
        _epoch = Flag(properties, "print.epoch", false);
        _headers = Flag(properties, "print.headers", false);
        _keySeparator = Bytes(properties, "key.separator", "\t");
        _lineSeparator = Bytes(properties, "line.separator", "\n");
        _headersSeparator = Bytes(properties, "headers.separator", ",");
        _nullLiteral = Bytes(properties, "null.literal", "null");
        _deserializers = new Deserializers(properties);
    }

    public long Count { get; private set; }

    /// <exception cref="CommandFailure">It cannot be printed; nothing of it was.</exception>
    public void Print(in ConsumeResult record)
    {
        Count++;
        try
        {
            PrintParts(_deserializers.IsNeeded ? _deserializers.Apply(record) : record);
        }
        catch (CommandFailure failure) when (_skipped is not null)
        {
            _skipped(failure.Message);
        }

        if (_buffer.WrittenCount >= FlushBytes)
        {
            Flush();
        }
    }

    public void Flush()
    {
        if (_buffer.WrittenCount > 0)
        {
            _output.Write(_buffer.WrittenSpan);
            _buffer.ResetWrittenCount();
        }

        _output.Flush();
    }

    private static bool Flag(IReadOnlyDictionary<string, string> properties, string key, bool otherwise) =>
        properties.TryGetValue(key, out string? value)
            ? value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase)
            : otherwise;

    private static byte[] Bytes(IReadOnlyDictionary<string, string> properties, string key, string otherwise) =>
        Encoding.UTF8.GetBytes(properties.GetValueOrDefault(key, otherwise));

    private void PrintParts(in ConsumeResult record)
    {
        if (_format == OutputFormat.Json)
        {
            PrintJson(record);
        }
        else
        {
            PrintText(record);
        }
    }

    private void PrintText(in ConsumeResult record)
    {
        bool first = true;
        if (_timestamp)
        {
            Separate(ref first);
            Write(record.TimestampMs < 0
                ? "NO_TIMESTAMP"u8 : record.IsLogAppendTime ? "LogAppendTime:"u8 : "CreateTime:"u8);
            if (record.TimestampMs >= 0)
            {
                Write(record.TimestampMs);
            }
        }

        if (_partition)
        {
            Separate(ref first);
            Write("Partition:"u8);
            Write(record.Partition.Partition);
        }

        if (_offset)
        {
            Separate(ref first);
            Write("Offset:"u8);
            Write(record.Offset.Value);
        }

        if (_delivery)
        {
            // Only share consumers count deliveries.
            Separate(ref first);
            Write("Delivery:NOT_PRESENT"u8);
        }

        if (_epoch)
        {
            Separate(ref first);
            Write("Epoch:"u8);
            Write(record.LeaderEpoch.Value);
        }

        if (_headers)
        {
            Separate(ref first);
            PrintHeaders(record);
        }

        if (_key)
        {
            Separate(ref first);
            Write(record.Key is { } key ? key.Span : _nullLiteral);
        }

        if (_value)
        {
            Separate(ref first);
            Write(record.Value is { } value ? value.Span : _nullLiteral);
        }

        if (!first)
        {
            Write(_lineSeparator);
        }
    }

    private void PrintHeaders(in ConsumeResult record)
    {
        if (record.Headers.Count == 0)
        {
            Write("NO_HEADERS"u8);
        }

        for (int i = 0; i < record.Headers.Count; i++)
        {
            RecordHeader header = record.Headers[i];
            Write(i > 0 ? _headersSeparator : []);
            Write(Encoding.UTF8.GetBytes(header.Key));
            Write(":"u8);
            Write(header.Value is { } value ? value.Span : _nullLiteral);
        }
    }

    private void PrintJson(in ConsumeResult record)
    {
        using (Utf8JsonWriter json = new(_buffer))
        {
            json.WriteStartObject();
            json.WriteString("topic", record.Partition.Topic);
            json.WriteNumber("partition", record.Partition.Partition);
            json.WriteNumber("offset", record.Offset.Value);
            json.WriteNumber("timestamp", record.TimestampMs);
            json.WriteString("timestampType", record.IsLogAppendTime ? "LogAppendTime" : "CreateTime");
            Write(json, "key", record.Key);
            Write(json, "value", record.Value);
            json.WriteStartArray("headers");
            foreach (RecordHeader header in record.Headers)
            {
                json.WriteStartObject();
                json.WriteString("key", header.Key);
                Write(json, "value", header.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        Write("\n"u8);
    }

    // Bytes that are no UTF-8 cannot be a JSON string; they go as base64, under a name that says so.
    private static void Write(Utf8JsonWriter json, string name, ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is not { } some)
        {
            json.WriteNull(name);
        }
        else if (System.Text.Unicode.Utf8.IsValid(some.Span))
        {
            json.WriteString(name, some.Span);
        }
        else
        {
            json.WriteBase64String($"{name}Base64", some.Span);
        }
    }

    private void Separate(ref bool first)
    {
        if (!first)
        {
            Write(_keySeparator);
        }

        first = false;
    }

    private void Write(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);

    private void Write(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out int count);
        _buffer.Write(digits[..count]);
    }
}
