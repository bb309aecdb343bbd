using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Barnabas.Client;

namespace Barnabas.Cli;

/// <summary>
/// Turns keys, values and headers into the text that Kafka's deserializers give, known by the last part of their class
/// names. Bytes and strings pass as they are.
/// </summary>
internal sealed class Deserializers
{
    private readonly Func<ReadOnlySpan<byte>, string>? _key;
    private readonly Func<ReadOnlySpan<byte>, string>? _value;
    private readonly Func<ReadOnlySpan<byte>, string>? _headers;

    public Deserializers(IReadOnlyDictionary<string, string> properties)
    {
        _key = Find(properties, "key.deserializer");
        _value = Find(properties, "value.deserializer");
        _headers = Find(properties, "headers.deserializer");
    }

    /// <summary>Anything to be done at all.</summary>
    public bool IsNeeded => (_key ?? _value ?? _headers) is not null;

    /// <summary>The record with its parts as text; null stays null.</summary>
    /// <exception cref="CommandFailure">A part is not what its deserializer reads.</exception>
    public ConsumeResult Apply(in ConsumeResult record)
    {
        try
        {
            return record with
            {
                Key = Text(_key, record.Key),
                Value = Text(_value, record.Value),
                Headers = _headers is null
                    ? record.Headers
                    : [.. record.Headers.Select(header => new RecordHeader(header.Key, Text(_headers, header.Value)))],
            };
        }
        catch (CommandFailure failure)
        {
            throw new CommandFailure($"{record.Partition} at offset {record.Offset.Value}: {failure.Message}");
        }
    }

    private static ReadOnlyMemory<byte>? Text(
        Func<ReadOnlySpan<byte>, string>? deserializer, ReadOnlyMemory<byte>? bytes) =>
        deserializer is not null && bytes is { } some ? Encoding.UTF8.GetBytes(deserializer(some.Span)) : bytes;

    private static Func<ReadOnlySpan<byte>, string>? Find(IReadOnlyDictionary<string, string> properties, string key)
    {
        if (!properties.TryGetValue(key, out string? name))
        {
            return null;
        }

        string last = name[(name.LastIndexOf('.') + 1)..];
        return last switch
        {
            "StringDeserializer" or "ByteArrayDeserializer" or "ByteBufferDeserializer" or "BytesDeserializer" => null,
            "ShortDeserializer" => bytes =>
                Number(BinaryPrimitives.ReadInt16BigEndian(Sized(bytes, sizeof(short), last))),
            "IntegerDeserializer" => bytes =>
                Number(BinaryPrimitives.ReadInt32BigEndian(Sized(bytes, sizeof(int), last))),
            "LongDeserializer" => bytes =>
                Number(BinaryPrimitives.ReadInt64BigEndian(Sized(bytes, sizeof(long), last))),
            "FloatDeserializer" => bytes =>
                JavaNumber.Text(BinaryPrimitives.ReadSingleBigEndian(Sized(bytes, sizeof(float), last))),
            "DoubleDeserializer" => bytes =>
                JavaNumber.Text(BinaryPrimitives.ReadDoubleBigEndian(Sized(bytes, sizeof(double), last))),
            "BooleanDeserializer" => bytes => Sized(bytes, sizeof(bool), last)[0] switch
            {
                0 => "false",
                1 => "true",
                byte other => throw new CommandFailure($"Unexpected byte received by {last}: {other}"),
            },
            "UUIDDeserializer" => bytes => Guid.TryParseExact(Encoding.UTF8.GetString(bytes), "D", out Guid id)
                ? id.ToString()
                : throw new CommandFailure($"{last} received what is no UUID"),
            _ => throw new CommandFailure($"{key}: there is no {name} here, only those of Kafka's own simple types"),
        };
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static ReadOnlySpan<byte> Sized(ReadOnlySpan<byte> bytes, int size, string deserializer) =>
        bytes.Length == size
            ? bytes
            : throw new CommandFailure($"Size of data received by {deserializer} is not {size}");
}
