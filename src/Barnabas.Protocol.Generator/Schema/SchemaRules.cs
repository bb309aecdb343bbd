using System.Globalization;

namespace Barnabas.Protocol.Generator;

/// <summary>
/// What a schema must obey beyond its grammar. Everything refused here would become a codec that lies.
/// </summary>
internal static class SchemaRules
{
    public static void Check(MessageSchema message)
    {
        if (message.Versions.IsEmpty && message.Body.Fields.Count > 0)
        {
            throw new SchemaException(0, "a message with fields needs versions");
        }

        if (message.Versions.IsOpen)
        {
            throw new SchemaException(message.Body.Line, "the versions of a message end somewhere");
        }

        CheckStruct(message, message.Body);
        foreach (StructSchema declared in message.Structs)
        {
            CheckStruct(message, declared);
        }

        CheckNesting(message, message.Body, [message.Body]);
    }

    /// <summary>
    /// A struct inside itself would let a frame nest as deep as it is long, and the decoder's stack with it.
    /// </summary>
    private static void CheckNesting(MessageSchema message, StructSchema owner, List<StructSchema> path)
    {
        foreach (FieldSchema field in owner.Fields.Where(field => field.Type.IsStruct))
        {
            StructSchema inner = message.FindStruct(field.Type.Name)!;
            if (path.Contains(inner))
            {
                throw new SchemaException(field.Line, $"struct {inner.Name} contains itself");
            }

            path.Add(inner);
            CheckNesting(message, inner, path);
            path.Remove(inner);
        }
    }

    private static void CheckStruct(MessageSchema message, StructSchema owner)
    {
        HashSet<string> names = [];
        HashSet<int> tags = [];
        foreach (FieldSchema field in owner.Fields)
        {
            if (!names.Add(field.Name))
            {
                throw new SchemaException(field.Line, $"field {field.Name} appears twice");
            }

            if (field.Tag >= 0 && !tags.Add(field.Tag))
            {
                throw new SchemaException(field.Line, $"tag {field.Tag} is taken twice");
            }

            CheckField(message, field);
        }
    }

    private static void CheckField(MessageSchema message, FieldSchema field)
    {
        if (field.Type.IsStruct && message.FindStruct(field.Type.Name) is null)
        {
            throw new SchemaException(
                field.Line, $"{field.Type.Name} is neither a primitive nor a struct of this message");
        }

        if (field.IsNullable && !field.Type.CanBeNull)
        {
            throw new SchemaException(field.Line, $"{field.Type.Name} cannot be null");
        }

        if (field.Default == "null" && !field.NullableVersions.Covers(field.Versions))
        {
            throw new SchemaException(field.Line, "the default is null, but not every version may write null");
        }

        CheckDefault(field);
        CheckTag(message, field);
    }

    private static void CheckTag(MessageSchema message, FieldSchema field)
    {
        if (!field.Versions.Covers(field.TaggedVersions))
        {
            throw new SchemaException(field.Line, "the tagged versions exceed the versions");
        }

        if (field.Tag >= 0 && !field.TaggedVersions.IsOpen)
        {
            throw new SchemaException(field.Line, "tagged versions are open to the end");
        }

        if (field.Tag >= 0 && !message.FlexibleVersions.Covers(field.TaggedVersions.Intersect(message.Versions)))
        {
            throw new SchemaException(field.Line, "only flexible versions carry tagged fields");
        }

        VersionRange both = field.NullableVersions.Intersect(field.TaggedVersions);
        if (!both.IsEmpty && both != field.TaggedVersions)
        {
            throw new SchemaException(field.Line, "null is for all tagged versions or none");
        }

        if (field.Type.IsRecords && field.Tag >= 0)
        {
            throw new SchemaException(field.Line, "records cannot be tagged");
        }
    }

    private static void CheckDefault(FieldSchema field)
    {
        if (field.Default is not { } text || text == "null")
        {
            return;
        }

        bool fits = field.Type.IsArray || field.Type.IsStruct ? false : field.Type.Name switch
        {
            "string" => true,
            "bool" => text is "true" or "false",
            "float64" => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            "int8" => Fits(text, sbyte.MinValue, sbyte.MaxValue),
            "int16" => Fits(text, short.MinValue, short.MaxValue),
            "uint16" => Fits(text, ushort.MinValue, ushort.MaxValue),
            "int32" => Fits(text, int.MinValue, int.MaxValue),
            "uint32" => Fits(text, uint.MinValue, uint.MaxValue),
            "int64" => Fits(text, long.MinValue, long.MaxValue),
            _ => false,
        };
        if (!fits)
        {
            throw new SchemaException(field.Line, $"'{text}' is no default for {field.Type.Name}");
        }
    }

    private static bool Fits(string text, long lowest, long highest) =>
        IntegerText.TryParse(text, out long value) && value >= lowest && value <= highest;
}
