namespace Barnabas.Protocol.Generator;

/// <summary>
/// What a field holds: a primitive by its wire name, or a struct by its class name, once or as an array.
/// </summary>
internal sealed record FieldType(string Name, bool IsArray, bool IsStruct)
{
    private static readonly HashSet<string> Primitives =
    [
        "bool", "int8", "int16", "uint16", "int32", "uint32", "int64", "float64",
        "uuid", "string", "bytes", "records",
    ];

    public bool IsString => !IsArray && Name == "string";

    public bool IsBytes => !IsArray && Name == "bytes";

    public bool IsRecords => !IsArray && Name == "records";

    public bool IsSingleStruct => !IsArray && IsStruct;

    /// <summary>Whether null has a wire form for this type.</summary>
    public bool CanBeNull => IsArray || IsStruct || IsString || IsBytes || IsRecords;

    /// <summary>Bytes on the wire, or 0 when they vary.</summary>
    public int FixedSize => IsArray ? 0 : Name switch
    {
        "bool" or "int8" => 1,
        "int16" or "uint16" => 2,
        "int32" or "uint32" => 4,
        "int64" or "float64" => 8,
        "uuid" => 16,
        _ => 0,
    };

    public static FieldType Parse(string text)
    {
        bool isArray = text.StartsWith("[]", StringComparison.Ordinal);
        string name = isArray ? text.Substring(2) : text;
        return new(name, isArray, !Primitives.Contains(name));
    }
}
