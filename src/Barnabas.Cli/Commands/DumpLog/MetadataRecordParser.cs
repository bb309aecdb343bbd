using System.Text;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Cli;

/// <summary>Records of the metadata log as JSON.</summary>
internal sealed class MetadataRecordParser : IRecordParser
{
    public (string? Key, string? Value) Parse(Record record)
    {
        RecordDecoding result = MetadataRecordCodec.TryRead(record.Value.Span, out MessageAndVersion decoded);
        if (result != RecordDecoding.Ok)
        {
            return (null, $"Error at {record.Offset.Value}, skipping. {result}");
        }

        return (null, JsonText.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("type", TypeName(decoded.Message.GetType().Name));
            json.WriteNumber("version", decoded.Version);
            json.WritePropertyName("data");
            decoded.Message.WriteJson(json, decoded.Version);
            json.WriteEndObject();
        }));
    }

    /// <summary>Kafka's names of the record types: <c>RegisterBrokerRecord</c> is REGISTER_BROKER_RECORD.</summary>
    internal static string TypeName(string className)
    {
        StringBuilder name = new();
        for (int i = 0; i < className.Length; i++)
        {
            bool starts = i > 0 && char.IsUpper(className[i])
                && (char.IsLower(className[i - 1]) || (i + 1 < className.Length && char.IsLower(className[i + 1])));
            name.Append(starts ? "_" : "").Append(char.ToUpperInvariant(className[i]));
        }

        return name.ToString();
    }
}
