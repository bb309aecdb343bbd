using Barnabas.Protocol.Generator;

namespace Barnabas.Protocol.Tests;

/// <summary>The schema form: what it means, and that mistakes are told with their line.</summary>
public sealed class SchemaParserTests
{
    private const string Heading = "data Sample\nversions 0-3\nflexible 2+\n\n";

    [Fact]
    public void A_schema_is_a_heading_fields_and_structs()
    {
        MessageSchema message = SchemaParser.Parse("""
            # What it is for.
            request SampleRequest
            api 7
            listeners broker controller
            versions 1-4 latest-unstable
            flexible 3+

            # Who asks.
            Name    string     1+   nullable 2+ default "" ignorable mapkey entity groupId
            Items   []Item     2+
              Id    uuid       2+   tag 0 3+
              Peer  Endpoint   3+   nullable

            struct Endpoint 3+
              Port  int32      3+   default -1
            """);
        Assert.Equal(("request", "SampleRequest", 7), (message.Kind, message.Name, message.ApiKey));
        Assert.True(message.LatestVersionUnstable);
        Assert.Equal(["broker", "controller"], message.Listeners);
        Assert.Equal(("1-4", "3+"), (message.Versions.ToString(), message.FlexibleVersions.ToString()));
        Assert.Equal("What it is for.", message.Comment);
        FieldSchema name = message.Body.Fields[0];
        Assert.Equal("Who asks.", name.Comment);
        Assert.Equal(("2+", "groupId"), (name.NullableVersions.ToString(), name.Entity));
        Assert.True(name.Ignorable && name.MapKey);
        StructSchema item = message.FindStruct("Item")!;
        Assert.Equal(["Id", "Peer"], item.Fields.ConvertAll(field => field.Name));
        Assert.Equal((0, "3+"), (item.Fields[0].Tag, item.Fields[0].TaggedVersions.ToString()));
        Assert.Equal("3+", item.Fields[1].NullableVersions.ToString());
        Assert.Equal("-1", message.FindStruct("Endpoint")!.Fields[0].Default);
    }

    [Theory]
    [InlineData("", 0, "no message")]
    [InlineData("reqest Sample", 0, "kind")]
    [InlineData("data Sample\nversion 0", 1, "no line of a heading")]
    [InlineData("data Sample\nversions x", 1, "no range of versions")]
    [InlineData("data Sample\nversions 3-1", 1, "no range of versions")]
    [InlineData("data Sample\nversions 0+", 1, "end somewhere")]
    [InlineData(Heading + "A int32", 4, "expected '<Name> <type> <versions>'")]
    [InlineData(Heading + "A int31 0+", 4, "neither a primitive nor a struct")]
    [InlineData(Heading + "A int32 0+\nA int32 0+", 5, "appears twice")]
    [InlineData(Heading + "A int32 0+ shiny", 4, "no attribute")]
    [InlineData(Heading + "A int32 0+ default", 4, "lacks its value")]
    [InlineData(Heading + "A int32 0+ default four", 4, "no default for int32")]
    [InlineData(Heading + "A int8 0+ default 300", 4, "no default for int8")]
    [InlineData(Heading + "A bool 0+ default maybe", 4, "no default for bool")]
    [InlineData(Heading + "A int32 0+ nullable", 4, "cannot be null")]
    [InlineData(Heading + "A string 0+ nullable 1+ default null", 4, "not every version may write null")]
    [InlineData(Heading + "A int32 2+ tag 0\nB int32 2+ tag 0", 5, "taken twice")]
    [InlineData(Heading + "A int32 2-3 tag 0", 4, "open to the end")]
    [InlineData(Heading + "A int32 2+ tag 0 1+", 4, "exceed the versions")]
    [InlineData(Heading + "A int32 1+ tag 0", 4, "only flexible versions")]
    [InlineData(Heading + "A string 2+ nullable 3+ default \"\" tag 0", 4, "all tagged versions or none")]
    [InlineData(Heading + "    A int32 0+", 4, "indentation")]
    [InlineData(Heading + "A int32 0+\n  B int32 0+", 5, "indentation")]
    [InlineData(Heading + "struct S 0+\n  A int32 0+\nstruct S 0+\n  A int32 0+", 6, "declared twice")]
    [InlineData(Heading + "A S 0+\n\nstruct S 0+\n  B []S 0+", 7, "contains itself")]
    public void A_mistake_is_told_with_its_line(string text, int line, string message)
    {
        CompiledSchema compiled = CompiledSchema.From("/schemas/Sample.message", text);
        Assert.Null(compiled.Heading);
        Assert.Equal(line, compiled.ErrorLine);
        Assert.Contains(message, compiled.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_named_after_its_message()
    {
        CompiledSchema compiled = CompiledSchema.From("/schemas/Other.message", Heading + "A int32 0+");
        Assert.Contains("is called Other", compiled.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("3-7", 3, 7)]
    [InlineData("2+", 2, short.MaxValue)]
    public void Versions_read_as_they_are_written(string text, int low, int high)
    {
        Assert.True(VersionRange.TryParse(text, out VersionRange range));
        Assert.Equal(new VersionRange(low, high), range);
        Assert.Equal(text, range.ToString());
    }
}
