using System.Text.Json;
using Barnabas.Protocol.Generator;

namespace Barnabas.Protocol.Tests;

/// <summary>Our schemas against Apache Kafka's, field by field.</summary>
public sealed class SchemaConformanceTests
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip };

    [ReferenceDataFact]
    public void Every_schema_says_what_Apache_Kafka_says()
    {
        List<string> differences = [];
        HashSet<string> seen = [];
        foreach (string path in Published())
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path), Lenient);
            string name = document.RootElement.GetProperty("name").GetString()!;
            seen.Add(name);
            if (Schemas.ByName.TryGetValue(name, out MessageSchema? ours))
            {
                CompareMessage(differences, document.RootElement, ours);
            }
            else
            {
                differences.Add($"{name} is missing");
            }
        }

        differences.AddRange(Schemas.ByName.Keys
            .Where(name => !seen.Contains(name))
            .Select(name => $"{name} is ours alone"));
        Assert.True(seen.Count >= 287, $"only {seen.Count} published schemas found");
        Assert.Empty(differences);
    }

    /// <summary>For the keys that 4.x withdrew, the schemas of the last version that had them.</summary>
    private static IEnumerable<string> Published()
    {
        Dictionary<string, string> older = Directory
            .EnumerateFiles(Path.Combine(Reference.Data!, "zookeeper-era"), "*.json")
            .ToDictionary(path => Path.GetFileName(path), StringComparer.Ordinal);
        return Directory
            .EnumerateFiles(Path.Combine(Reference.Data!, "schemas"), "*.json", SearchOption.AllDirectories)
            .Select(path => older.GetValueOrDefault(Path.GetFileName(path), path));
    }

    private static void CompareMessage(List<string> differences, JsonElement theirs, MessageSchema ours)
    {
        void Equal(string what, object? expected, object? actual)
        {
            if (!Equals(expected, actual))
            {
                differences.Add($"{ours.Name}: {what} is {actual}, theirs is {expected}");
            }
        }

        Equal("type", Text(theirs, "type"), ours.Kind);
        Equal("api key", Number(theirs, "apiKey"), ours.ApiKey);
        Equal("versions", Text(theirs, "validVersions"), ours.Versions.ToString());
        Equal("flexible versions", Text(theirs, "flexibleVersions") ?? "none", ours.FlexibleVersions.ToString());
        Equal("latest version unstable", Flag(theirs, "latestVersionUnstable"), ours.LatestVersionUnstable);
        Equal("listeners", string.Join(" ", Strings(theirs, "listeners")), string.Join(" ", ours.Listeners));
        CompareFields(differences, ours, ours.Name, theirs, ours.Body);

        List<StructSchema> common = [.. ours.Structs.Where(own => !IsInline(ours, own))];
        List<JsonElement> published = [.. Elements(theirs, "commonStructs")];
        Equal("number of common structs", published.Count, common.Count);
        foreach ((JsonElement their, StructSchema own) in published.Zip(common))
        {
            Equal("common struct", Text(their, "name"), own.Name);
            Equal($"versions of {own.Name}", Text(their, "versions"), own.Versions.ToString());
            CompareFields(differences, ours, own.Name, their, own);
        }
    }

    private static bool IsInline(MessageSchema message, StructSchema candidate) =>
        message.Structs.Append(message.Body).Any(owner => owner.Fields.Any(field => field.Inline == candidate));

    private static void CompareFields(
        List<string> differences, MessageSchema message, string where, JsonElement theirs, StructSchema ours)
    {
        List<JsonElement> published = [.. Elements(theirs, "fields")];
        if (published.Count != ours.Fields.Count)
        {
            differences.Add($"{message.Name}.{where}: {ours.Fields.Count} fields, theirs {published.Count}");
            return;
        }

        foreach ((JsonElement their, FieldSchema own) in published.Zip(ours.Fields))
        {
            CompareField(differences, $"{message.Name}.{where}.{own.Name}", their, own);
            if (own.Inline is not null)
            {
                CompareFields(differences, message, own.Inline.Name, their, own.Inline);
            }
            else if (their.TryGetProperty("fields", out JsonElement nested) && nested.GetArrayLength() > 0)
            {
                differences.Add($"{message.Name}.{where}.{own.Name}: lacks its fields");
            }
        }
    }

    private static void CompareField(List<string> differences, string where, JsonElement theirs, FieldSchema ours)
    {
        void Equal(string what, object? expected, object? actual)
        {
            if (!Equals(expected, actual))
            {
                differences.Add($"{where}: {what} is {actual}, theirs is {expected}");
            }
        }

        string name = Text(theirs, "name")!;
        string tagged = Text(theirs, "taggedVersions") ?? "none";
        Equal("name", char.ToUpperInvariant(name[0]) + name[1..], ours.Name);
        Equal("type", Text(theirs, "type"), (ours.Type.IsArray ? "[]" : "") + ours.Type.Name);
        Equal("versions", Text(theirs, "versions") ?? tagged, ours.Versions.ToString());
        Equal("nullable versions", Text(theirs, "nullableVersions") ?? "none", ours.NullableVersions.ToString());
        Equal("tag", Number(theirs, "tag"), ours.Tag);
        Equal("tagged versions", tagged, ours.TaggedVersions.ToString());
        Equal("default", Text(theirs, "default"), ours.Default == "\"\"" ? "" : ours.Default);
        Equal("flexible versions", Text(theirs, "flexibleVersions"), ours.FlexibleVersions?.ToString());
        Equal("ignorable", Flag(theirs, "ignorable"), ours.Ignorable);
        Equal("map key", Flag(theirs, "mapKey"), ours.MapKey);
        Equal("zero copy", Flag(theirs, "zeroCopy"), ours.ZeroCopy);
        Equal("entity type", Text(theirs, "entityType") ?? "", ours.Entity);
    }

    /// <summary>A property as text; null when absent or null. Numbers and booleans come as they are written.</summary>
    private static string? Text(JsonElement element, string property) =>
        !element.TryGetProperty(property, out JsonElement value) ? null : value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number => value.GetRawText(),
            _ => value.GetString(),
        };

    private static int Number(JsonElement element, string property) =>
        element.TryGetProperty(property, out JsonElement value) ? value.GetInt32() : -1;

    private static bool Flag(JsonElement element, string property) => Text(element, property) == "true";

    private static JsonElement.ArrayEnumerator Elements(JsonElement element, string property) =>
        element.TryGetProperty(property, out JsonElement value) ? value.EnumerateArray() : default;

    private static IEnumerable<string> Strings(JsonElement element, string property) =>
        Elements(element, property).Select(item => item.GetString()!);
}
