using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using Barnabas.Protocol;

namespace Barnabas.Cli;

/// <summary>
/// Values of <c>__consumer_offsets</c> as JSON, with the members' own messages opened where they are consumers.
/// </summary>
internal static class GroupMetadataJson
{
    public static void Write(Utf8JsonWriter json, MessageAndVersion value)
    {
        if (value.Message is not GroupMetadataValue { ProtocolType: "consumer" })
        {
            value.Message.WriteJson(json, value.Version);
            return;
        }

        JsonNode node = JsonNode.Parse(JsonText.Of(writer => value.Message.WriteJson(writer, value.Version)))!;
        foreach (JsonNode? member in node["members"]?.AsArray() ?? [])
        {
            Open<ConsumerProtocolSubscription>(
                member, "subscription", static (message, writer, version) => message.WriteJson(writer, version));
            Open<ConsumerProtocolAssignment>(
                member, "assignment", static (message, writer, version) => message.WriteJson(writer, version));
        }

        node.WriteTo(json);
    }

    private static void Open<T>(JsonNode? member, string field, Action<T, Utf8JsonWriter, short> write)
        where T : class, IMessage<T>, new()
    {
        if (member?[field]?.GetValue<string>() is not { } text)
        {
            return;
        }

        byte[] bytes = Convert.FromBase64String(text);
        if (bytes.Length < sizeof(short))
        {
            return;
        }

        short version = BinaryPrimitives.ReadInt16BigEndian(bytes);
        if (!T.Facts.Supports(version))
        {
            return;
        }

        T message = new();
        KafkaReader reader = new(bytes.AsMemory(sizeof(short)));
        message.Read(ref reader, version);
        if (!reader.Failed)
        {
            member[field] = JsonNode.Parse(JsonText.Of(json => write(message, json, version)));
        }
    }
}
