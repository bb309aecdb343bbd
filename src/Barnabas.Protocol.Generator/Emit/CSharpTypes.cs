using System.Globalization;

namespace Barnabas.Protocol.Generator;

/// <summary>How schema types, names and defaults look in C#.</summary>
internal sealed class CSharpTypes(MessageSchema message)
{
    /// <summary>
    /// The class of a struct. A struct that shares its name with a property beside or inside it would not compile
    /// and is called <c>…Data</c>.
    /// </summary>
    public string ClassName(string structName)
    {
        bool taken = message.Body.Fields.Exists(field => field.Name == structName)
            || message.FindStruct(structName)!.Fields.Exists(field => field.Name == structName);
        return taken ? structName + "Data" : structName;
    }

    public string ElementType(FieldSchema field) =>
        field.Type.IsStruct ? ClassName(field.Type.Name) : Primitive(field.Type.Name);

    public string PropertyType(FieldSchema field)
    {
        string type = ElementType(field);
        if (field.Type.IsArray)
        {
            type = $"global::System.Collections.Generic.List<{type}>";
        }

        return field.IsNullable || field.Type.IsRecords ? type + "?" : type;
    }

    /// <summary>The initialiser after the property, or nothing when the language's own default is right.</summary>
    public static string Initializer(FieldSchema field)
    {
        if (field.DefaultsToNull)
        {
            return "";
        }

        if (field.Type.IsArray || field.Type.IsSingleStruct)
        {
            return " = new();";
        }

        string value = DefaultValue(field);
        return value is "0" or "false" or "default" ? "" : $" = {value};";
    }

    /// <summary>The default as a C# expression; only for what is neither array nor struct.</summary>
    public static string DefaultValue(FieldSchema field)
    {
        string text = field.Default ?? "";
        switch (field.Type.Name)
        {
            case "string":
                return text is "" or "\"\"" ? "\"\"" : $"\"{text}\"";
            case "bytes":
                return "[]";
            case "uuid":
                return "default";
            case "bool":
                return text == "true" ? "true" : "false";
            case "float64":
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                    ? number.ToString("R", CultureInfo.InvariantCulture)
                    : "0";
            default:
                return IntegerDefault(text);
        }
    }

    /// <summary>True when the property holds something a version without the field would lose.</summary>
    public static string NonDefault(FieldSchema field)
    {
        string name = field.Name;
        if (field.DefaultsToNull)
        {
            return $"{name} is not null";
        }

        if (field.Type.IsArray)
        {
            return $"{name} is not {{ Count: 0 }}";
        }

        if (field.Type.IsSingleStruct)
        {
            return field.IsNullable ? $"{name} is not {{ IsDefault: true }}" : $"!{name}.IsDefault";
        }

        return field.Type.Name switch
        {
            "bytes" => $"{name} is not {{ Length: 0 }}",
            "bool" => field.Default == "true" ? $"!{name}" : name,
            _ => $"{name} != {DefaultValue(field)}",
        };
    }

    private static string IntegerDefault(string text) => IntegerText.TryParse(text, out long value)
        ? value.ToString(CultureInfo.InvariantCulture)
        : "0";

    private static string Primitive(string name) => name switch
    {
        "bool" => "bool",
        "int8" => "sbyte",
        "int16" => "short",
        "uint16" => "ushort",
        "int32" => "int",
        "uint32" => "uint",
        "int64" => "long",
        "float64" => "double",
        "uuid" => "global::Barnabas.Kernel.Uuid",
        "string" => "string",
        "bytes" => "byte[]",
        "records" => "global::System.ReadOnlyMemory<byte>",
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
