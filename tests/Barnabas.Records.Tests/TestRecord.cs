using System.Text;

namespace Barnabas.Records.Tests;

internal sealed record TestRecord(long Timestamp, byte[]? Key, byte[]? Value, params RecordHeader[] Headers)
{
    public long Offset { get; init; }

    public TestRecord(string? key, string? value, long timestamp = 1000)
        : this(timestamp, Bytes(key), Bytes(value))
    {
    }

    public static TestRecord From(Record record)
    {
        var headers = new List<RecordHeader>();
        foreach (RecordHeaderReader header in record.Headers)
        {
            ReadOnlyMemory<byte>? value = header.Value.IsNull ? null : new(header.Value.Span.ToArray());
            headers.Add(new RecordHeader(header.Key.ToArray(), value));
        }

        return new TestRecord(record.Timestamp, record.Key.ToArray(), record.Value.ToArray(), [.. headers])
        {
            Offset = record.Offset.Value,
        };
    }

    /// <summary>One line per record: what two readers must agree upon.</summary>
    public override string ToString()
    {
        IEnumerable<string> headers = Headers.Select(
            header => $"{Convert.ToHexString(header.Key.Span)}={Hex(header.Value?.ToArray())}");
        return $"{Offset} {Timestamp} {Hex(Key)} {Hex(Value)} [{string.Join(',', headers)}]";
    }

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static string Hex(byte[]? bytes) => bytes is null ? "null" : Convert.ToHexString(bytes);
}
