namespace Barnabas.Protocol.Generator;

/// <summary>
/// What is known about a field at one place of a codec: the versions still possible there, and their prefixes.
/// </summary>
internal sealed class FieldScope
{
    public FieldScope(MessageSchema message, FieldSchema field, VersionRange versions)
    {
        Field = field;
        Versions = versions;
        Compact = field.FlexibleVersions is { } own
            ? Conditions.In(own, versions)
            : Conditions.In(message.FlexibleVersions, versions) is Conditions.True or Conditions.False
                ? Conditions.In(message.FlexibleVersions, versions)
                : "flexible";
        Nullable = Conditions.In(field.NullableVersions, versions);
    }

    public FieldSchema Field { get; }

    public VersionRange Versions { get; }

    /// <summary>A C# condition: whether lengths are written in the compact form.</summary>
    public string Compact { get; }

    /// <summary>A C# condition: whether null has a wire form.</summary>
    public string Nullable { get; }

    public bool MayBeNull => Nullable != Conditions.False;

    public bool AlwaysNullable => Nullable == Conditions.True;
}
