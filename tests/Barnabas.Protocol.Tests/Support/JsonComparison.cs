using System.Collections;
using System.Globalization;
using System.Text.Json;
using Barnabas.Kernel;
using Barnabas.Protocol.Generator;

namespace Barnabas.Protocol.Tests;

/// <summary>A message of ours against the JSON that Apache Kafka's class shows of it, field by field.</summary>
internal sealed class JsonComparison(MessageSchema message)
{
    public List<string> Differences { get; } = [];

    public void Compare(IMessage ours, JsonElement theirs) => CompareStruct(message.Name, message.Body, ours, theirs);

    private void CompareStruct(string where, StructSchema schema, object ours, JsonElement theirs)
    {
        HashSet<string> known = [];
        foreach (FieldSchema field in schema.Fields)
        {
            string name = char.ToLowerInvariant(field.Name[0]) + field.Name[1..];
            object? value = ours.GetType().GetProperty(field.Name)!.GetValue(ours);
            if (theirs.TryGetProperty(name, out JsonElement shown))
            {
                CompareValue($"{where}.{name}", field, value, shown);
            }
            else if (theirs.TryGetProperty(name + "SizeInBytes", out JsonElement size))
            {
                name += "SizeInBytes";
                Expect($"{where}.{name}", $"{((ReadOnlyMemory<byte>)value!).Length}", size.GetRawText());
            }
            else
            {
                // Left out: the version lacks the field, or it is tagged and holds its default.
                object fresh = Activator.CreateInstance(ours.GetType())!;
                Expect(
                    $"{where}.{name}",
                    MessageText.Of(fresh.GetType().GetProperty(field.Name)!.GetValue(fresh)),
                    MessageText.Of(value));
            }

            known.Add(name);
        }

        Differences.AddRange(theirs.EnumerateObject()
            .Where(shown => !known.Contains(shown.Name))
            .Select(shown => $"{where}: unknown {shown.Name}"));
    }

    private void CompareValue(string where, FieldSchema field, object? ours, JsonElement theirs)
    {
        if (ours is null || theirs.ValueKind == JsonValueKind.Null)
        {
            Expect(where, ours is null ? "null" : "value", theirs.ValueKind == JsonValueKind.Null ? "null" : "value");
        }
        else if (field.Type.IsArray)
        {
            List<object> items = [.. ((IList)ours).Cast<object>()];
            Expect(where + ".length", $"{items.Count}", $"{theirs.GetArrayLength()}");
            foreach ((object item, JsonElement shown) in items.Zip(theirs.EnumerateArray()))
            {
                CompareSingle(where + "[]", field, item, shown);
            }
        }
        else
        {
            CompareSingle(where, field, ours, theirs);
        }
    }

    private void CompareSingle(string where, FieldSchema field, object ours, JsonElement theirs)
    {
        if (field.Type.IsStruct)
        {
            CompareStruct(where, message.FindStruct(field.Type.Name)!, ours, theirs);
            return;
        }

        switch (ours)
        {
            case bool flag:
                Expect(where, flag ? "true" : "false", theirs.GetRawText());
                break;
            case string text:
                Expect(where, text, theirs.GetString()!);
                break;
            case byte[] bytes:
                Expect(where, Convert.ToHexString(bytes), Convert.ToHexString(theirs.GetBytesFromBase64()));
                break;
            case Uuid id:
                Expect(where, id.ToString(), theirs.GetString()!);
                break;
            case double number:
                Expect(where, $"{number:R}", $"{theirs.GetDouble():R}");
                break;
            default:
                Expect(where, Convert.ToString(ours, CultureInfo.InvariantCulture)!, theirs.GetRawText());
                break;
        }
    }

    private void Expect(string where, string ours, string theirs)
    {
        if (ours != theirs)
        {
            Differences.Add($"{where}: ours {ours}, theirs {theirs}");
        }
    }
}
