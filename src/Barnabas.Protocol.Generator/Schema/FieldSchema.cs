namespace Barnabas.Protocol.Generator;

/// <summary>One line of a schema.</summary>
internal sealed class FieldSchema(string name, FieldType type, VersionRange versions, int line)
{
    public string Name { get; } = name;

    public FieldType Type { get; } = type;

    public VersionRange Versions { get; } = versions;

    public int Line { get; } = line;

    public string Comment { get; set; } = "";

    /// <summary>The versions in which null may be written.</summary>
    public VersionRange NullableVersions { get; set; } = VersionRange.None;

    /// <summary>The default as written, or null when the type's own default applies.</summary>
    public string? Default { get; set; }

    public int Tag { get; set; } = -1;

    public VersionRange TaggedVersions { get; set; } = VersionRange.None;

    /// <summary>Set when the field keeps the old length prefixes whatever the message does.</summary>
    public VersionRange? FlexibleVersions { get; set; }

    /// <summary>Whether a value may be dropped silently in a version that lacks the field.</summary>
    public bool Ignorable { get; set; }

    public bool MapKey { get; set; }

    public bool ZeroCopy { get; set; }

    public string Entity { get; set; } = "";

    /// <summary>The struct that the indented lines below the field describe.</summary>
    public StructSchema? Inline { get; set; }

    public bool IsNullable => !NullableVersions.IsEmpty;

    public bool DefaultsToNull => Default == "null" || (Type.IsRecords && Default is null);
}
