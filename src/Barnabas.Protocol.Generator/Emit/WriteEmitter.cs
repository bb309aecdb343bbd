namespace Barnabas.Protocol.Generator;

/// <summary>Emits the encoder of one struct. Measuring runs the same code against a writer that only counts.</summary>
internal sealed class WriteEmitter(MessageSchema message, CSharpTypes types, CodeWriter code)
{
    public void Emit(StructSchema owner, VersionRange known)
    {
        if (StructFacts.MentionsFlexible(message, owner, known))
        {
            code.Line($"bool flexible = {Conditions.In(message.FlexibleVersions, known)};");
        }

        foreach (FieldSchema field in owner.Fields)
        {
            EmitUntagged(field, known);
        }

        EmitTags(owner, known);
    }

    /// <summary>
    /// Tagged values of varying size are written by a method of their own, run twice: once to learn the size.
    /// </summary>
    public void EmitTagBodies(StructSchema owner, VersionRange known)
    {
        foreach (FieldSchema field in StructFacts.Tagged(owner, known))
        {
            if (field.Type.FixedSize == 0)
            {
                code.Line();
                code.Open($"private void WriteTag{field.Tag}(ref KafkaWriter writer, short version)");
                FieldScope scope = new(message, field, field.TaggedVersions.Intersect(known));
                EmitValue(scope, tagged: true);
                code.Close();
            }
        }
    }

    private void EmitUntagged(FieldSchema field, VersionRange known)
    {
        VersionRange versions = StructFacts.UntaggedVersions(field).Intersect(known);
        string condition = Conditions.In(versions, known);
        string absent = Conditions.In(field.Versions, known);
        if (condition == Conditions.True)
        {
            EmitValue(new(message, field, versions), tagged: false);
            return;
        }

        if (condition != Conditions.False)
        {
            code.Open($"if ({condition})");
            EmitValue(new(message, field, versions), tagged: false);
            code.Close();
        }

        if (field.Ignorable || absent == Conditions.True)
        {
            return;
        }

        // A version lacks the field: losing a value there would be silent, so it throws.
        string otherwise = absent == Conditions.False ? "if" : condition == absent ? "else if" : $"if (!({absent}) &&";
        string test = otherwise.EndsWith("&&", StringComparison.Ordinal)
            ? $"{otherwise} {CSharpTypes.NonDefault(field)})"
            : $"{otherwise} ({CSharpTypes.NonDefault(field)})";
        code.Open(test);
        code.Line($"MessageErrors.ThrowFieldUnsupported(\"{message.Name}\", \"{field.Name}\", version);");
        code.Close();
    }

    private void EmitTags(StructSchema owner, VersionRange known)
    {
        string condition = Conditions.In(message.FlexibleVersions, known);
        if (condition == Conditions.False)
        {
            return;
        }

        bool conditional = condition != Conditions.True;
        if (conditional)
        {
            code.Open($"if ({condition})");
        }

        List<FieldSchema> tagged = StructFacts.Tagged(owner, known);
        VersionRange flexible = known.Intersect(message.FlexibleVersions);
        if (tagged.Count == 0)
        {
            code.Line("writer.WriteUnsignedVarint(0);");
        }
        else
        {
            code.Line("int tags = 0;");
            foreach (FieldSchema field in tagged)
            {
                code.Open($"if ({Presence(field, flexible)})");
                code.Line("tags++;");
                code.Close();
            }

            code.Line("writer.WriteUnsignedVarint(tags);");
            foreach (FieldSchema field in tagged)
            {
                EmitTag(field, flexible);
            }
        }

        if (conditional)
        {
            code.Close();
        }
    }

    private static string Presence(FieldSchema field, VersionRange known)
    {
        string condition = Conditions.In(field.TaggedVersions, known);
        string set = CSharpTypes.NonDefault(field);
        return condition == Conditions.True ? set : $"{condition} && {set}";
    }

    private void EmitTag(FieldSchema field, VersionRange known)
    {
        code.Open($"if ({Presence(field, known)})");
        if (field.Type.FixedSize > 0)
        {
            code.Line($"writer.WriteTag({field.Tag}, {field.Type.FixedSize});");
            code.Line($"writer.Write{PrimitiveNames.Of(field.Type.Name)}({field.Name});");
        }
        else
        {
            code.Line("KafkaWriter measuring = KafkaWriter.Measuring();");
            code.Line($"WriteTag{field.Tag}(ref measuring, version);");
            code.Line($"writer.WriteTag({field.Tag}, measuring.Position);");
            code.Line($"WriteTag{field.Tag}(ref writer, version);");
        }

        code.Close();
    }

    private void EmitValue(FieldScope scope, bool tagged)
    {
        FieldSchema field = scope.Field;
        if ((field.IsNullable || field.Type.IsRecords) && !scope.AlwaysNullable)
        {
            string forbidden = scope.MayBeNull ? $"!({scope.Nullable}) && " : "";
            code.Open($"if ({forbidden}{field.Name} is null)");
            code.Line($"MessageErrors.ThrowNull(\"{message.Name}\", \"{field.Name}\", version);");
            code.Close();
            code.Line();
        }

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
            string compact = field.Type.CanBeNull ? ", " + scope.Compact : "";
            string form = field.IsNullable ? "Nullable" : "";
            code.Line($"writer.Write{form}{PrimitiveNames.Of(field.Type.Name)}({field.Name}{compact});");
        }
    }

    private void EmitStruct(FieldScope scope, bool tagged)
    {
        string name = scope.Field.Name;
        if (!scope.MayBeNull)
        {
            code.Line($"{name}{(scope.Field.IsNullable ? "!" : "")}.Write(ref writer, version);");
            return;
        }

        string prefix = tagged ? "WriteUnsignedVarint" : "WriteInt8";
        string marked = scope.AlwaysNullable ? "" : $"if ({scope.Nullable}) ";
        code.Open($"if ({name} is null)");
        code.Line($"writer.{prefix}({(tagged ? "0" : "-1")});");
        code.Close();
        code.Open("else");
        code.Line($"{marked}writer.{prefix}(1);");
        code.Line($"{name}.Write(ref writer, version);");
        code.Close();
    }

    private void EmitArray(FieldScope scope)
    {
        FieldSchema field = scope.Field;
        if (!field.Type.IsStruct)
        {
            code.Line($"writer.Write{PrimitiveNames.List(field.Type.Name)}({field.Name}, {scope.Compact});");
            return;
        }

        string count = field.IsNullable ? $"{field.Name}?.Count ?? -1" : $"{field.Name}.Count";
        code.Line($"writer.WriteCount({count}, {scope.Compact});");
        if (field.IsNullable)
        {
            code.Open($"if ({field.Name} is not null)");
        }

        code.Open($"foreach ({types.ElementType(field)} item in {field.Name})");
        code.Line("item.Write(ref writer, version);");
        code.Close();
        if (field.IsNullable)
        {
            code.Close();
        }
    }
}
