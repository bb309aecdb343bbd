using Barnabas.Protocol.Generator;

namespace Barnabas.Protocol.Tests;

/// <summary>The schemas behind the messages, read by the generator's own parser.</summary>
internal static class Schemas
{
    public static IReadOnlyDictionary<string, MessageSchema> ByName { get; } = Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Schemas"), "*.message", SearchOption.AllDirectories)
        .Select(path => SchemaParser.Parse(File.ReadAllText(path)))
        .ToDictionary(schema => schema.Name, StringComparer.Ordinal);

    public static MessageSchema Of(IMessage message) => ByName[message.GetType().Name];
}
