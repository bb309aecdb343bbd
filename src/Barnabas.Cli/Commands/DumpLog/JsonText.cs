using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Barnabas.Cli;

/// <summary>JSON on one line, with the same characters escaped as Kafka's tools escape.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(Action<Utf8JsonWriter> write)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
