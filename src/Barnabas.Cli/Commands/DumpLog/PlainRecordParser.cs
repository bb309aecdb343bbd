using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Barnabas.Records;

namespace Barnabas.Cli;

/// <summary>Keys and values by one of Kafka's decoders, known by the last part of their class names.</summary>
internal sealed class PlainRecordParser : IRecordParser
{
    private readonly string _key;
    private readonly string _value;

    public PlainRecordParser(string? key, string? value)
    {
        _key = Known(key);
        _value = Known(value);
    }

    public (string? Key, string? Value) Parse(Record record) => (Text(_key, record.Key), Text(_value, record.Value));

    private static string Known(string? name)
    {
        string last = name is null ? "StringDecoder" : name[(name.LastIndexOf('.') + 1)..];
        return last is "StringDecoder" or "LongDecoder" or "IntegerDecoder" or "ByteArrayDecoder" or "DefaultDecoder"
            ? last
            : throw new CommandFailure($"there is no decoder {name}");
    }

    private static string? Text(string decoder, OptionalBytes bytes)
    {
        if (bytes.IsNull)
        {
            return null;
        }

        return decoder switch
        {
            "LongDecoder" when bytes.Length == sizeof(long) =>
                BinaryPrimitives.ReadInt64BigEndian(bytes.Span).ToString(CultureInfo.InvariantCulture),
            "IntegerDecoder" when bytes.Length == sizeof(int) =>
                BinaryPrimitives.ReadInt32BigEndian(bytes.Span).ToString(CultureInfo.InvariantCulture),
            "LongDecoder" or "IntegerDecoder" => $"({bytes.Length} bytes, which are no number)",
            "StringDecoder" => Encoding.UTF8.GetString(bytes.Span),
            _ => Convert.ToHexStringLower(bytes.Span),
        };
    }
}
