namespace Barnabas.Kernel.Tests;

public sealed class UuidTests
{
    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("?")]
    [InlineData("not an id of any kind!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Text_that_is_no_id_is_refused_without_an_exception(string text) =>
        Assert.False(Uuid.TryParse(text, out _));

    [Fact]
    public void An_id_reads_back_from_its_text()
    {
        var id = new Uuid(0x0123456789ABCDEF, -7);
        Assert.True(Uuid.TryParse(id.ToString(), out Uuid parsed));
        Assert.Equal(id, parsed);
    }
}
