namespace Barnabas.Protocol.Generator;

/// <summary>Emits the decoder of one struct.</summary>
internal sealed class ReadEmitter(MessageSchema message, CSharpTypes types, Sizes sizes, CodeWriter code)
{
    public void Emit(StructSchema owner, VersionRange known)
    {
        bool usesFlexible = StructFacts.MentionsFlexible(message, owner, known);
        if (usesFlexible)
        {
            code.Line($"bool flexible = {Conditions.In(message.FlexibleVersions, known)};");
        }

        EmitUntagged(owner, known);
        EmitTags(owner, known, usesFlexible);
    }

    /// <summary>Neighbours that share a condition share its block.</summary>
    private void EmitUntagged(StructSchema owner, VersionRange known)
    {
        string open = Conditions.True;
        foreach (FieldSchema field in owner.Fields)
        {
            VersionRange versions = StructFacts.UntaggedVersions(field).Intersect(known);
            if (versions.IsEmpty)
            {
                continue;
            }

            string condition = Conditions.In(versions, known);
            if (condition != open)
            {
                CloseUnless(open == Conditions.True);
                if (condition != Conditions.True)
                {
                    code.Open($"if ({condition})");
                }

                open = condition;
            }

            EmitValue(new(message, field, versions), tagged: false);
        }

        CloseUnless(open == Conditions.True);
    }

    private void CloseUnless(bool nothingOpen)
    {
        if (!nothingOpen)
        {
            code.Close();
        }
    }

    private void EmitTags(StructSchema owner, VersionRange known, bool usesFlexible)
    {
        string condition = Conditions.In(message.FlexibleVersions, known);
        if (condition == Conditions.False)
        {
            return;
        }

        List<FieldSchema> tagged = StructFacts.Tagged(owner, known);
        bool conditional = condition != Conditions.True;
        if (conditional)
        {
            code.Open($"if ({(usesFlexible ? "flexible" : condition)})");
        }

        if (tagged.Count == 0)
        {
            code.Line("reader.SkipTaggedFields();");
        }
        else
        {
            EmitTagSwitch(tagged, known.Intersect(message.FlexibleVersions));
        }

        if (conditional)
        {
            code.Close();
        }
    }

    private void EmitTagSwitch(List<FieldSchema> tagged, VersionRange known)
    {
        code.Open("for (int tags = reader.ReadTagCount(); tags > 0 && !reader.Failed; tags--)");
        code.Line("int tag = reader.ReadTag(out int size);");
        code.Open("switch (tag)");
        foreach (FieldSchema field in tagged)
        {
            VersionRange versions = field.TaggedVersions.Intersect(known);
            string condition = Conditions.In(versions, known);
            code.Open($"case {field.Tag}:");
            if (condition != Conditions.True)
            {
                // A known tag in a version that does not have it yet is an error, as Apache Kafka has it.
                code.Open($"if (!({condition}))");
                code.Line("reader.Fail();");
                code.Line("break;");
                code.Close();
                code.Line();
            }

            EmitValue(new(message, field, versions), tagged: true);
            code.Line("break;");
            code.Close();
        }

        code.Open("default:");
        code.Line("reader.SkipTag(size);");
        code.Line("break;");
        code.Close();
        code.Close();
        code.Close();
    }

    private void EmitValue(FieldScope scope, bool tagged)
    {
        FieldSchema field = scope.Field;
        if (field.Type.IsArray)
        {
            EmitArray(scope);
        }
        else if (field.Type.IsStruct)
        {
            EmitStruct(scope, tagged);
        }
        else
        {
            code.Line($"{field.Name} = {Primitive(scope)};");
        }
    }

    private void EmitStruct(FieldScope scope, bool tagged)
    {
        string name = scope.Field.Name;
        if (!scope.Field.IsNullable)
        {
            code.Line($"{name}.Read(ref reader, version);");
            return;
        }

        string present = tagged ? "reader.ReadUnsignedVarint() > 0" : "reader.ReadInt8() >= 0";
        string condition = scope.AlwaysNullable ? present
            : scope.MayBeNull ? $"!({scope.Nullable}) || {present}"
            : Conditions.True;
        code.Open($"if ({condition})");
        code.Line($"{name} = new();");
        code.Line($"{name}.Read(ref reader, version);");
        code.Close();
        code.Open("else");
        code.Line($"{name} = null;");
        code.Close();
    }

    private void EmitArray(FieldScope scope)
    {
        FieldSchema field = scope.Field;
        if (!field.Type.IsStruct)
        {
            string list = PrimitiveNames.List(field.Type.Name);
            code.Line(field.IsNullable
                ? $"{field.Name} = reader.ReadNullable{list}({scope.Compact}, {scope.Nullable});"
                : $"reader.Read{list}({field.Name}, {scope.Compact});");
            return;
        }

        string element = types.ElementType(field);
        string minimum = Minimum(scope);
        int heap = sizes.HeapPerElement(field);
        code.Open();
        if (field.IsNullable)
        {
            code.Line($"{field.Name} = reader.BeginNullableList<{element}>("
                + $"{scope.Compact}, {scope.Nullable}, {minimum}, {heap}, out int left);");
            code.Open("for (; left > 0 && !reader.Failed; left--)");
        }
        else
        {
            code.Line($"int left = reader.BeginList({field.Name}, {scope.Compact}, {minimum}, {heap});");
            code.Open("for (; left > 0 && !reader.Failed; left--)");
        }

        code.Line($"{element} item = new();");
        code.Line("item.Read(ref reader, version);");
        code.Line($"{field.Name}{(field.IsNullable ? "!" : "")}.Add(item);");
        code.Close();
        code.Close();
    }

    private string Minimum(FieldScope scope)
    {
        VersionRange within = scope.Versions.Intersect(message.Versions);
        int plain = sizes.MinimumElement(scope.Field, within, flexible: false);
        int compact = sizes.MinimumElement(scope.Field, within, flexible: true);
        return scope.Compact switch
        {
            Conditions.True => $"{compact}",
            Conditions.False => $"{plain}",
            _ => plain == compact ? $"{plain}" : $"flexible ? {compact} : {plain}",
        };
    }

    private static string Primitive(FieldScope scope)
    {
        FieldSchema field = scope.Field;
        if (field.Type.IsRecords)
        {
            return $"reader.ReadRecords({scope.Compact}, {scope.Nullable})";
        }

        if (!field.Type.CanBeNull)
        {
            return $"reader.Read{PrimitiveNames.Of(field.Type.Name)}()";
        }

        return field.IsNullable
            ? $"reader.ReadNullable{PrimitiveNames.Of(field.Type.Name)}({scope.Compact}, {scope.Nullable})"
            : $"reader.Read{PrimitiveNames.Of(field.Type.Name)}({scope.Compact})";
    }
}
