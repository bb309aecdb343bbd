using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Cli;

/// <summary>
/// Records of a coordinator's topic as JSON: a typed key, and a value with its version or a deletion.
/// </summary>
internal sealed class CoordinatorRecordParser : IRecordParser
{
    private readonly CoordinatorRecordCodec _codec;
    private readonly Action<Utf8JsonWriter, MessageAndVersion> _writeValue;

    private CoordinatorRecordParser(CoordinatorRecordCodec codec, Action<Utf8JsonWriter, MessageAndVersion> writeValue)
    {
        _codec = codec;
        _writeValue = writeValue;
    }

    public static CoordinatorRecordParser ForOffsets() => new(CoordinatorRecordCodec.Group, GroupMetadataJson.Write);

    public static CoordinatorRecordParser ForTransactions() =>
        new(CoordinatorRecordCodec.Transaction, WriteTransaction);

    public static CoordinatorRecordParser ForShareState() => new(
        CoordinatorRecordCodec.Share, static (json, value) => value.Message.WriteJson(json, value.Version));

    public (string? Key, string? Value) Parse(Record record)
    {
        if (record.Key.IsNull)
        {
            return ($"Error at offset {record.Offset.Value}, skipping. The message has no key", null);
        }

        RecordDecoding keyResult = _codec.TryReadKey(record.Key.Span, out IRecordMessage? key);
        if (keyResult != RecordDecoding.Ok || key is null)
        {
            return ($"Error at offset {record.Offset.Value}, skipping. {keyResult}", null);
        }

        string keyText = JsonText.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("type", key.RecordType.ToString(CultureInfo.InvariantCulture));
            json.WritePropertyName("data");
            key.WriteJson(json, key.HighestSupportedVersion);
            json.WriteEndObject();
        });
        if (record.Value.IsNull)
        {
            return (keyText, "<DELETE>");
        }

        RecordDecoding valueResult =
            _codec.TryReadValue(key.RecordType, record.Value.Span, out MessageAndVersion value);
        if (valueResult != RecordDecoding.Ok)
        {
            return ($"Error at offset {record.Offset.Value}, skipping. {valueResult}", null);
        }

        return (keyText, JsonText.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("version", value.Version.ToString(CultureInfo.InvariantCulture));
            json.WritePropertyName("data");
            _writeValue(json, value);
            json.WriteEndObject();
        }));
    }

    // The states of a transaction by their names.
    private static void WriteTransaction(Utf8JsonWriter json, MessageAndVersion value)
    {
        JsonNode node = JsonNode.Parse(JsonText.Of(writer => value.Message.WriteJson(writer, value.Version)))!;
        if (value.Message is TransactionLogValue transaction)
        {
            node["transactionStatus"] = transaction.TransactionStatus switch
            {
                0 => "Empty",
                1 => "Ongoing",
                2 => "PrepareCommit",
                3 => "PrepareAbort",
                4 => "CompleteCommit",
                5 => "CompleteAbort",
                6 => "Dead",
                7 => "PrepareEpochFence",
                sbyte other => other.ToString(CultureInfo.InvariantCulture),
            };
        }

        node.WriteTo(json);
    }
}
