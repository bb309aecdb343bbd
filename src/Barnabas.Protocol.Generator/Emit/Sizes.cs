namespace Barnabas.Protocol.Generator;

/// <summary>
/// What an array element costs: at least on the wire, and about in memory. The decoder refuses a count that the rest
/// of the frame cannot hold, and charges the memory before it is taken.
/// </summary>
internal sealed class Sizes(MessageSchema message)
{
    private const int ObjectHeader = 16;
    private const int Reference = 8;
    private const int EmptyList = 32;

    /// <summary>
    /// The smallest wire size of an element of the array over those of its versions that are (not) flexible.
    /// </summary>
    public int MinimumElement(FieldSchema field, VersionRange within, bool flexible)
    {
        int smallest = int.MaxValue;
        for (int version = within.Low; version <= within.High; version++)
        {
            if (message.FlexibleVersions.Contains(version) == flexible)
            {
                smallest = Math.Min(smallest, Element(field.Type, version, flexible));
            }
        }

        return smallest == int.MaxValue ? 1 : Math.Max(1, smallest);
    }

    /// <summary>
    /// Bytes of managed memory per element: the slot in the list and, for a struct, the object with its empty lists.
    /// </summary>
    public int HeapPerElement(FieldSchema field)
    {
        if (!field.Type.IsStruct)
        {
            return field.Type.FixedSize > 0 ? field.Type.FixedSize : Slot(field.Type.Name);
        }

        return Reference + HeapOf(message.FindStruct(field.Type.Name)!);
    }

    private int HeapOf(StructSchema owner)
    {
        int bytes = ObjectHeader;
        foreach (FieldSchema field in owner.Fields)
        {
            bytes += field.Type.IsArray ? Reference : Slot(field.Type.Name);
            // What may be null is counted as if it were there: the estimate is from above.
            if (field.Type.IsArray)
            {
                bytes += EmptyList;
            }
            else if (field.Type.IsSingleStruct)
            {
                bytes += HeapOf(message.FindStruct(field.Type.Name)!);
            }
        }

        return bytes;
    }

    private static int Slot(string primitive) => primitive switch
    {
        "bool" or "int8" => 1,
        "int16" or "uint16" => 2,
        "int32" or "uint32" => 4,
        "int64" or "float64" => 8,
        "uuid" => 16,
        "records" => 24,
        _ => Reference,
    };

    private int Element(FieldType type, int version, bool flexible) => type.IsStruct
        ? Struct(message.FindStruct(type.Name)!, version, flexible)
        : Primitive(type.Name, flexible);

    private int Struct(StructSchema owner, int version, bool flexible)
    {
        int bytes = flexible ? 1 : 0;
        foreach (FieldSchema field in owner.Fields)
        {
            if (field.Versions.Contains(version) && !field.TaggedVersions.Contains(version))
            {
                bytes += Field(field, version, flexible);
            }
        }

        return bytes;
    }

    private int Field(FieldSchema field, int version, bool flexible)
    {
        bool compact = (field.FlexibleVersions ?? message.FlexibleVersions).Contains(version);
        if (field.Type.IsArray)
        {
            return compact ? 1 : 4;
        }

        if (field.Type.IsStruct)
        {
            return field.NullableVersions.Contains(version) ? 1 : Element(field.Type, version, flexible);
        }

        return Primitive(field.Type.Name, compact);
    }

    private static int Primitive(string name, bool compact) => name switch
    {
        "bool" or "int8" => 1,
        "int16" or "uint16" => 2,
        "int32" or "uint32" => 4,
        "int64" or "float64" => 8,
        "uuid" => 16,
        "string" => compact ? 1 : 2,
        _ => compact ? 1 : 4,
    };
}
