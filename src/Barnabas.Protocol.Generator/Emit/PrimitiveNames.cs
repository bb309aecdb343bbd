namespace Barnabas.Protocol.Generator;

/// <summary>The last part of the reader's and writer's method names.</summary>
internal static class PrimitiveNames
{
    public static string Of(string primitive) => primitive switch
    {
        "bool" => "Boolean",
        "int8" => "Int8",
        "int16" => "Int16",
        "uint16" => "UInt16",
        "int32" => "Int32",
        "uint32" => "UInt32",
        "int64" => "Int64",
        "float64" => "Float64",
        "uuid" => "Uuid",
        "string" => "String",
        "bytes" => "Bytes",
        "records" => "Records",
        _ => throw new ArgumentOutOfRangeException(nameof(primitive)),
    };

    public static string List(string primitive) => Of(primitive) + "List";
}
