namespace Barnabas.Protocol.Generator;

/// <summary>
/// Emits the JSON form of one struct, as Kafka's own tools print records: names in camel case, fields of the version in
/// the schema's order, tagged fields only if they hold something. Requests and responses have none: nothing prints
/// them.
/// </summary>
internal sealed class JsonEmitter(MessageSchema message, CSharpTypes types, CodeWriter code)
{
    public static bool Wants(MessageSchema message) => message.Kind is not ("request" or "response" or "header");

    public void Emit(StructSchema owner, VersionRange known)
    {
        if (!Wants(message))
        {
            return;
        }

        code.Line();
        code.Open("public void WriteJson(global::System.Text.Json.Utf8JsonWriter json, short version)");
        code.Line("json.WriteStartObject();");
        foreach (FieldSchema field in owner.Fields)
        {
            string condition = Conditions.In(field.Versions, known);
            if (condition == Conditions.False)
            {
                continue;
            }

            if (!field.TaggedVersions.IsEmpty)
            {
                string filled = CSharpTypes.NonDefault(field);
                condition = condition == Conditions.True ? filled : $"{condition} && {filled}";
            }

            bool conditional = condition != Conditions.True;
            if (conditional)
            {
                code.Open($"if ({condition})");
            }

            EmitField(field);
            if (conditional)
            {
                code.Close();
            }
        }

        code.Line("json.WriteEndObject();");
        code.Close();
    }

    private void EmitField(FieldSchema field)
    {
        string name = char.ToLowerInvariant(field.Name[0]) + field.Name.Substring(1);
        code.Line($"json.WritePropertyName(\"{name}\");");
        bool mayBeNull = field.IsNullable || field.Type.IsRecords;
        if (mayBeNull)
        {
            code.Open($"if ({field.Name} is null)");
            code.Line("json.WriteNullValue();");
            code.Close();
            code.Open("else");
        }

        if (field.Type.IsArray)
        {
            code.Line("json.WriteStartArray();");
            code.Open($"foreach ({types.ElementType(field)} item in {field.Name})");
            EmitValue(field, "item");
            code.Close();
            code.Line("json.WriteEndArray();");
        }
        else
        {
            EmitValue(field, field.Name);
        }

        if (mayBeNull)
        {
            code.Close();
        }
    }

    private void EmitValue(FieldSchema field, string value)
    {
        if (field.Type.IsStruct)
        {
            code.Line($"{value}.WriteJson(json, version);");
            return;
        }

        code.Line(field.Type.Name switch
        {
            "string" => $"json.WriteStringValue({value});",
            "uuid" => $"json.WriteStringValue({value}.ToString());",
            "bool" => $"json.WriteBooleanValue({value});",
            "bytes" => $"json.WriteBase64StringValue({value});",
            // Record batches are shown by their size: their content has a form of its own.
            "records" => $"json.WriteNumberValue({value}.Value.Length);",
            _ => $"json.WriteNumberValue({value});",
        });
    }
}
