namespace Barnabas.Cli.Tests;

public sealed class StorageCommandTests
{
    [Theory]
    [InlineData("group.version=1", "group.version=1 has no dependencies.")]
    [InlineData("eligible.leader.replicas.version=0", "eligible.leader.replicas.version=0 has no dependencies.")]
    [InlineData("eligible.leader.replicas.version=1",
        "eligible.leader.replicas.version=1 requires:\n    metadata.version=23 (4.0-IV1)")]
    [InlineData("metadata.version=23", "metadata.version=23 (4.0-IV1) has no dependencies.")]
    [InlineData("group.version=9", null)]
    [InlineData("none=1", null)]
    public void What_a_feature_needs_is_told_in_the_words_of_Kafka(string feature, string? lines) =>
        Assert.Equal(lines, StorageCommand.Dependencies(feature));

    [Fact]
    public void A_release_is_shown_as_it_was_asked_for()
    {
        StringWriter output = new();
        StorageCommand.Create().Parse(["version-mapping", "-r", "4.0"]).Invoke(new() { Output = output });
        Assert.StartsWith("metadata.version=25 (4.0)\n", output.ToString(), StringComparison.Ordinal);
    }
}
