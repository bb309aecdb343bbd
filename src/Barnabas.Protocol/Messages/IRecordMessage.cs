using System.Text.Json;

namespace Barnabas.Protocol;

/// <summary>A message that lives in a log: a metadata record, or the key or value of a coordinator's record.</summary>
public interface IRecordMessage : IMessage
{
    /// <summary>The number that stands before the record and tells its class; unique within one log.</summary>
    short RecordType { get; }

    /// <summary>Writes the fields of a version as one JSON object, as Kafka's tools print records.</summary>
    void WriteJson(Utf8JsonWriter json, short version);
}
