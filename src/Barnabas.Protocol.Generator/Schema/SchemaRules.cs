namespace Barnabas.Protocol.Generator;

/// <summary>What a schema must obey beyond its grammar. Everything refused here would become a codec that lies.</summary>
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
            throw new SchemaException(field.Line, $"{field.Type.Name} is neither a primitive nor a struct of this message");
        }

        if (field.IsNullable && !field.Type.CanBeNull)
        {
            throw new SchemaException(field.Line, $"{field.Type.Name} cannot be null");
        }

        if (field.Default == "null" && !field.NullableVersions.Covers(field.Versions))
        {
            throw new SchemaException(field.Line, "the default is null, but not every version may write null");
        }

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

        if (field.Type.IsRecords && field.Tag >= 0)
        {
            throw new SchemaException(field.Line, "records cannot be tagged");
        }
    }
}
