using Barnabas.Configuration;

namespace Barnabas.Cli.Tests;

public sealed class StartCommandTests
{
    [Theory]
    [InlineData("barnabas", "barnabas")]
    [InlineData("out/barnabas", "out/barnabas")]
    [InlineData("/some where/barnabas", "'/some where/barnabas'")]
    [InlineData("/build/barnabas.dll", "/build/barnabas")]
    public void Examples_begin_with_what_was_called(string program, string called) =>
        Assert.Equal(called, StartCommand.Called(program));

    [Fact]
    public void A_path_of_any_signs_comes_back_from_the_printed_configuration()
    {
        string path = Path.GetFullPath("/data/\u00e4\u20ac\\b");
        byte[] printed = System.Text.Encoding.UTF8.GetBytes(StartCommand.Properties(path, "localhost", 9092));
        Assert.Equal(path, PropertiesFile.Parse(printed).Entries["log.dirs"].Value);
    }
}
