using System.Text;
using Barnabas.Client;

namespace Barnabas.Cli;

/// <summary>
/// Takes a line apart into headers, key and value, by the properties of Kafka's line reader. Works on bytes: separators
/// are found as UTF-8, values are passed on as they are.
/// </summary>
internal sealed class LineParser
{
    private readonly bool _parseKey;
    private readonly bool _parseHeaders;
    private readonly bool _ignoreError;
    private readonly byte[] _keySeparator;
    private readonly byte[] _headersDelimiter;
    private readonly string _headersSeparator;
    private readonly string _headersKeySeparator;
    private readonly string? _nullMarker;
    private readonly byte[]? _nullMarkerBytes;

    public LineParser(IReadOnlyDictionary<string, string> properties)
    {
        _parseKey = Flag(properties, "parse.key");
        _parseHeaders = Flag(properties, "parse.headers");
        _ignoreError = Flag(properties, "ignore.error");
        string keySeparator = properties.GetValueOrDefault("key.separator", "\t");
        string headersDelimiter = properties.GetValueOrDefault("headers.delimiter", "\t");
        _headersSeparator = properties.GetValueOrDefault("headers.separator", ",");
        _headersKeySeparator = properties.GetValueOrDefault("headers.key.separator", ":");
        _nullMarker = properties.GetValueOrDefault("null.marker");
        _keySeparator = Encoding.UTF8.GetBytes(keySeparator);
        _headersDelimiter = Encoding.UTF8.GetBytes(headersDelimiter);
        _nullMarkerBytes = _nullMarker is null ? null : Encoding.UTF8.GetBytes(_nullMarker);
        Differ("headers.delimiter", headersDelimiter, "headers.separator", _headersSeparator);
        Differ("headers.delimiter", headersDelimiter, "headers.key.separator", _headersKeySeparator);
        Differ("headers.separator", _headersSeparator, "headers.key.separator", _headersKeySeparator);
        Differ("null.marker", _nullMarker, "key.separator", keySeparator);
        Differ("null.marker", _nullMarker, "headers.separator", _headersSeparator);
        Differ("null.marker", _nullMarker, "headers.delimiter", headersDelimiter);
        Differ("null.marker", _nullMarker, "headers.key.separator", _headersKeySeparator);
        foreach (string key in properties.Keys)
        {
            if (key is not ("parse.key" or "parse.headers" or "ignore.error" or "key.separator" or "headers.delimiter"
                or "headers.separator" or "headers.key.separator" or "null.marker" or "topic"))
            {
                throw new CommandFailure($"the line reader has no property {key}");
            }
        }
    }

    /// <summary>The parts of a line; slices of it, except for the headers.</summary>
    /// <exception cref="CommandFailure">A separator is missing, and <c>ignore.error</c> is not set.</exception>
    public ParsedLine Parse(ReadOnlyMemory<byte> line, long number)
    {
        ReadOnlyMemory<byte> rest = line;
        ReadOnlyMemory<byte>? headers =
            Cut(_parseHeaders, ref rest, line, _headersDelimiter, "headers delimiter", number);
        ReadOnlyMemory<byte>? key = Cut(_parseKey, ref rest, line, _keySeparator, "key separator", number);
        return new ParsedLine(
            key is { } some && IsNull(some.Span) ? null : key,
            IsNull(rest.Span) ? (ReadOnlyMemory<byte>?)null : rest,
            headers is { } list && !IsNull(list.Span) ? Headers(Encoding.UTF8.GetString(list.Span), number) : null);
    }

    private static bool Flag(IReadOnlyDictionary<string, string> properties, string key) =>
        properties.TryGetValue(key, out string? value) && value.Trim()
            .Equals("true", StringComparison.OrdinalIgnoreCase);

    private static void Differ(string left, string? leftValue, string right, string rightValue)
    {
        if (leftValue == rightValue)
        {
            throw new CommandFailure($"{left} and {right} may not be equal");
        }
    }

    private bool IsNull(ReadOnlySpan<byte> bytes) =>
        _nullMarkerBytes is not null && bytes.SequenceEqual(_nullMarkerBytes);

    private ReadOnlyMemory<byte>? Cut(
        bool enabled,
        ref ReadOnlyMemory<byte> rest,
        ReadOnlyMemory<byte> line,
        byte[] separator,
        string name,
        long number)
    {
        if (!enabled)
        {
            return null;
        }

        int at = rest.Span.IndexOf(separator);
        if (at < 0)
        {
            return _ignoreError
                ? null
                : throw new CommandFailure(
                    $"No {name} found on line number {number}: '{Encoding.UTF8.GetString(line.Span)}'");
        }

        ReadOnlyMemory<byte> part = rest[..at];
        rest = rest[(at + separator.Length)..];
        return part;
    }

    private List<RecordHeader> Headers(string text, long number)
    {
        List<RecordHeader> headers = [];
        string[] pairs = text.Split(_headersSeparator);
        int count = pairs.Length;
        while (text.Length > 0 && count > 0 && pairs[count - 1].Length == 0)
        {
            // As Java divides: separators at the end divide nothing.
            count--;
        }

        foreach (string pair in pairs.AsSpan(0, count))
        {
            int at = pair.IndexOf(_headersKeySeparator, StringComparison.Ordinal);
            if (at < 0)
            {
                headers.Add(_ignoreError
                    ? new RecordHeader(pair, null)
                    : throw new CommandFailure(
                        $"No header key separator found in pair '{pair}' on line number {number}"));
                continue;
            }

            string key = pair[..at];
            string value = pair[(at + _headersKeySeparator.Length)..];
            if (key == _nullMarker)
            {
                throw new CommandFailure(
                    $"Header keys should not be equal to the null marker '{_nullMarker}' as they can't be null");
            }

            headers.Add(value == _nullMarker
                ? new RecordHeader(key, null)
                : new RecordHeader(key, Encoding.UTF8.GetBytes(value)));
        }

        return headers;
    }
}
