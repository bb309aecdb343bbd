using System.Text;

namespace Barnabas.Cli.Tests;

public sealed class LineParserTests
{
    [Fact]
    public void Headers_key_and_value_are_cut_at_their_separators()
    {
        ParsedLine line = Parse(
            "h1:v1,h2:NULL|k=v=w",
            ("parse.key", "true"), ("key.separator", "="), ("parse.headers", "true"), ("headers.delimiter", "|"),
            ("null.marker", "NULL"));
        Assert.Equal("k", Text(line.Key));
        Assert.Equal("v=w", Text(line.Value));
        Assert.Equal(["h1", "h2"], line.Headers!.Select(header => header.Key));
        Assert.Equal("v1", Text(line.Headers![0].Value));
        Assert.Null(line.Headers[1].Value);
    }

    [Fact]
    public void Without_properties_the_whole_line_is_the_value()
    {
        ParsedLine line = Parse("k\tv");
        Assert.Null(line.Key);
        Assert.Equal("k\tv", Text(line.Value));
        Assert.Null(line.Headers);
    }

    [Fact]
    public void The_null_marker_makes_null_and_an_empty_part_stays_empty()
    {
        ParsedLine line = Parse("N\t", ("parse.key", "true"), ("null.marker", "N"));
        Assert.Null(line.Key);
        Assert.Equal("", Text(line.Value));
        Assert.Null(Parse("N", ("null.marker", "N")).Value);
    }

    [Fact]
    public void A_missing_separator_is_an_error_with_the_line_number_unless_errors_are_ignored()
    {
        CommandFailure error = Assert.Throws<CommandFailure>(() => Parse("no separator", ("parse.key", "true")));
        Assert.Equal("No key separator found on line number 7: 'no separator'", error.Message);
        ParsedLine line = Parse("no separator", ("parse.key", "true"), ("ignore.error", "true"));
        Assert.Null(line.Key);
        Assert.Equal("no separator", Text(line.Value));
    }

    [Theory]
    [InlineData("a:1,b:2,", "a b")]
    [InlineData("a:1,,", "a")]
    [InlineData(",", "")]
    [InlineData("a:", "a")]
    public void Separators_behind_the_last_header_divide_nothing(string headers, string keys) => Assert.Equal(
        keys,
        string.Join(' ', Parse(headers + "\tv", ("parse.headers", "true")).Headers!.Select(header => header.Key)));

    [Theory]
    [InlineData("")]
    [InlineData(",a:1")]
    [InlineData("a:1,,b:2")]
    public void An_empty_header_is_an_error(string headers) =>
        Assert.Throws<CommandFailure>(() => Parse(headers + "\tv", ("parse.headers", "true")));

    [Theory]
    [InlineData("headers.delimiter", ",")]
    [InlineData("headers.key.separator", ",")]
    [InlineData("null.marker", "\t")]
    [InlineData("parse.keys", "true")]
    public void Properties_that_cannot_work_are_refused(string key, string value) =>
        Assert.Throws<CommandFailure>(() => Parse("x", (key, value)));

    private static ParsedLine Parse(string line, params (string Key, string Value)[] properties) =>
        new LineParser(properties.ToDictionary(pair => pair.Key, pair => pair.Value))
            .Parse(Encoding.UTF8.GetBytes(line), 7);

    private static string? Text(ReadOnlyMemory<byte>? bytes) =>
        bytes is { } some ? Encoding.UTF8.GetString(some.Span) : null;
}
