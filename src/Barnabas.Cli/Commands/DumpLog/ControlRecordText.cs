using System.Buffers.Binary;
using System.Text;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Cli;

/// <summary>Control records in words.</summary>
internal static class ControlRecordText
{
    public static string Of(Record record)
    {
        if (!ControlRecord.TryReadKey(record.Key.Span, out ControlRecordType type))
        {
            return " controlType: UNKNOWN(-1)";
        }

        ReadOnlySpan<byte> value = record.Value.Span;
        short number = BinaryPrimitives.ReadInt16BigEndian(record.Key.Span[sizeof(short)..]);
        return type switch
        {
            ControlRecordType.Abort => EndOfTransaction("ABORT", value),
            ControlRecordType.Commit => EndOfTransaction("COMMIT", value),
            ControlRecordType.LeaderChange => " LeaderChange: "
                + Message<LeaderChangeMessage>(value, static (message, json, version) =>
                    message.WriteJson(json, version)),
            ControlRecordType.SnapshotHeader => " SnapshotHeader "
                + Message<SnapshotHeaderRecord>(value, static (message, json, version) =>
                    message.WriteJson(json, version)),
            ControlRecordType.SnapshotFooter => " SnapshotFooter "
                + Message<SnapshotFooterRecord>(value, static (message, json, version) =>
                    message.WriteJson(json, version)),
            ControlRecordType.KRaftVersion => " KRaftVersion "
                + Message<KRaftVersionRecord>(value, static (message, json, version) =>
                    message.WriteJson(json, version)),
            ControlRecordType.KRaftVoters => " KRaftVoters "
                + Message<VotersRecord>(value, static (message, json, version) => message.WriteJson(json, version)),
            _ => $" controlType: UNKNOWN({number})",
        };
    }

    private static string EndOfTransaction(string type, ReadOnlySpan<byte> value) =>
        value.Length >= ControlRecord.EndTransactionSize
        ? $" endTxnMarker: {type} coordinatorEpoch: {BinaryPrimitives.ReadInt32BigEndian(value[sizeof(short)..])}"
        : $" endTxnMarker: {type} (damaged)";

    // The messages of the quorum begin with their version, which is also a field of theirs.
    private static string Message<T>(ReadOnlySpan<byte> value, Action<T, System.Text.Json.Utf8JsonWriter, short> write)
        where T : class, IMessage<T>, new()
    {
        if (value.Length < sizeof(short))
        {
            return "(damaged)";
        }

        short version = BinaryPrimitives.ReadInt16BigEndian(value);
        T message = new();
        KafkaReader reader = new(value);
        message.Read(ref reader, Math.Clamp(version, T.Facts.LowestVersion, T.Facts.HighestVersion));
        return reader.Failed ? "(damaged)" : JsonText.Of(json => write(message, json, version));
    }
}
