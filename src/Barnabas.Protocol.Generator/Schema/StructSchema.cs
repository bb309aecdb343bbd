namespace Barnabas.Protocol.Generator;

/// <summary>A named group of fields; its name is known inside one message only.</summary>
internal sealed class StructSchema(string name, VersionRange versions, int line)
{
    public string Name { get; } = name;

    public VersionRange Versions { get; } = versions;

    public int Line { get; } = line;

    public List<FieldSchema> Fields { get; } = [];
}
