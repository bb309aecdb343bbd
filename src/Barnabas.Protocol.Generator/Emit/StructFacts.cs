namespace Barnabas.Protocol.Generator;

/// <summary>Facts about a struct that decoder and encoder share.</summary>
internal static class StructFacts
{
    /// <summary>
    /// The versions in which the field has its place in the row. Tagged versions are open to the end, so what is left
    /// lies below them.
    /// </summary>
    public static VersionRange UntaggedVersions(FieldSchema field)
    {
        if (field.TaggedVersions.IsEmpty)
        {
            return field.Versions;
        }

        VersionRange below = new(field.Versions.Low, field.TaggedVersions.Low - 1);
        return below.IsEmpty ? VersionRange.None : below;
    }

    public static List<FieldSchema> Tagged(StructSchema owner, VersionRange known) =>
    [
        .. owner.Fields
            .Where(field => !field.TaggedVersions.Intersect(known).IsEmpty)
            .OrderBy(field => field.Tag),
    ];

    /// <summary>Whether the codec of the struct asks for the local <c>flexible</c>.</summary>
    public static bool MentionsFlexible(MessageSchema message, StructSchema owner, VersionRange known)
    {
        foreach (FieldSchema field in owner.Fields)
        {
            VersionRange versions = UntaggedVersions(field).Intersect(known);
            if (!versions.IsEmpty
                && HasPrefix(field.Type)
                && new FieldScope(message, field, versions).Compact == "flexible")
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasPrefix(FieldType type) => type.IsArray || (!type.IsStruct && type.CanBeNull);
}
