namespace Barnabas.Configuration.Tests;

public class PropertiesFileTests
{
    [Theory]
    [InlineData("a=b", "a", "b")]
    [InlineData("a:b", "a", "b")]
    [InlineData("a b", "a", "b")]
    [InlineData("  a \t=\f b  ", "a", "b  ")]
    [InlineData("a==b", "a", "=b")]
    [InlineData("a", "a", "")]
    [InlineData("a=", "a", "")]
    [InlineData("a\\=b=c", "a=b", "c")]
    [InlineData("a\\ b c", "a b", "c")]
    [InlineData("a=one\\\n    two", "a", "onetwo")]
    [InlineData("a=one\\\\\nb=two", "a", "one\\")]
    [InlineData("a=\\u00e9\\t\\n\\x", "a", "é\t\nx")]
    [InlineData("a=b\\", "a", "b")]
    [InlineData("a=b # no comment", "a", "b # no comment")]
    public void A_line_is_read_as_Java_reads_it(string text, string key, string value)
    {
        PropertiesFile file = PropertiesFile.Parse(text);
        Assert.Empty(file.Problems);
        Assert.Equal(value, file.Entries[key].Value);
    }

    [Fact]
    public void Bytes_are_signs_of_Latin_1_behind_a_byte_order_mark()
    {
        PropertiesFile file = PropertiesFile.Parse([0xEF, 0xBB, 0xBF, (byte)'a', (byte)'=', 0xE9, 0xC3, 0xA9]);
        Assert.Equal("\u00E9\u00C3\u00A9", file.Entries["a"].Value);
    }

    [Fact]
    public void Comments_and_blank_lines_are_skipped_and_counted()
    {
        PropertiesFile file = PropertiesFile.Parse("# a=1\r\n! b=2\r\n\r\n  \t\nc=3\n#joined\\\nd=4\n");
        Assert.Equal(["c", "d"], file.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(5, file.Entries["c"].Line);
        Assert.Equal(7, file.Entries["d"].Line);
    }

    [Fact]
    public void A_joined_value_has_the_line_it_begins_on()
    {
        PropertiesFile file = PropertiesFile.Parse("x=1\ny=1,\\\n  2,\\\n  3\nz=4");
        Assert.Equal(new PropertyEntry("1,2,3", 2), file.Entries["y"]);
        Assert.Equal(5, file.Entries["z"].Line);
    }

    [Fact]
    public void The_last_of_two_equal_keys_counts_and_is_told()
    {
        PropertiesFile file = PropertiesFile.Parse("a=1\na=2");
        Assert.Equal("2", file.Entries["a"].Value);
        ConfigProblem note = Assert.Single(file.Repeated);
        Assert.Equal(2, note.Line);
        Assert.Contains("line 1", note.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=\\u12")]
    [InlineData("a=\\uzzzz")]
    public void A_broken_escape_is_a_problem_with_its_line(string text)
    {
        PropertiesFile file = PropertiesFile.Parse("ok=1\n" + text);
        ConfigProblem problem = Assert.Single(file.Problems);
        Assert.Equal(2, problem.Line);
    }
}
