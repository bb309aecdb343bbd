using System.Text;
using System.Text.Json;

using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// <c>.kafka_cleanshutdown</c>: written last, after everything was flushed, and removed before the first append. Kafka
/// keeps its broker epoch in it (KIP-966); we add our session, so that a marker left by another program shows.
/// </summary>
internal sealed record CleanShutdownMarker(long BrokerEpoch, Uuid Session)
{
    public const string Name = ".kafka_cleanshutdown";

    private const string SessionProperty = "barnabasSession";

    public byte[] Format() =>
        Encoding.UTF8.GetBytes(
            $"{{\"version\":0,\"brokerEpoch\":{BrokerEpoch},\"{SessionProperty}\":\"{Session}\"}}");

    /// <summary>Older Kafka writes an empty marker: still a clean shutdown, of an unknown epoch (-1).</summary>
    public static CleanShutdownMarker Parse(ReadOnlySpan<byte> content)
    {
        long epoch = -1;
        Uuid session = default;
        try
        {
            var reader = new Utf8JsonReader(content);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                if (reader.ValueTextEquals("brokerEpoch") && reader.Read() && reader.TokenType == JsonTokenType.Number)
                {
                    epoch = reader.TryGetInt64(out long value) ? value : -1;
                }
                else if (reader.ValueTextEquals(SessionProperty) && reader.Read()
                    && reader.TokenType == JsonTokenType.String
                    && Uuid.TryParse(reader.GetString(), out Uuid id))
                {
                    session = id;
                }
            }
        }
        catch (JsonException)
        {
            // The marker's being there is the message; what it says beside that is a hint.
        }

        return new CleanShutdownMarker(epoch, session);
    }
}
