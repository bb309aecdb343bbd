using Barnabas.Broker;

namespace Barnabas.Cli.Tests;

public sealed class StorageCommandTests
{
    [Theory]
    [InlineData("group.version=1", "group.version=1 has no dependencies.")]
    [InlineData("eligible.leader.replicas.version=0", "eligible.leader.replicas.version=0 has no dependencies.")]
    [InlineData("eligible.leader.replicas.version=1",
        "eligible.leader.replicas.version=1 requires:\n    metadata.version=23 (4.0-IV1)")]
    [InlineData("metadata.version=23", "metadata.version=23 (4.0-IV1) has no dependencies.")]
    public void What_a_feature_needs_is_told_in_the_words_of_Kafka(string feature, string lines) =>
        Assert.Equal(lines, StorageCommand.Dependencies(feature));

    [Theory]
    [InlineData("group.version=9", "Feature level 9 is not supported for feature group.version")]
    [InlineData("none=1", "Unknown feature: none")]
    [InlineData("metadata.version=1", "Unknown metadata.version 1")]
    [InlineData("group.version=x", "Invalid version format: x for feature group.version")]
    [InlineData("group.version",
        "Invalid feature format: group.version. Expected format: 'feature=version' (e.g. 'group.version=1')")]
    public void A_feature_that_is_not_there_is_refused_in_the_words_of_Kafka(string feature, string message) =>
        Assert.Equal(
            message, Assert.Throws<StorageFormatException>(() => StorageCommand.Dependencies(feature)).Message);

    [Fact]
    public void A_release_is_shown_as_it_was_asked_for()
    {
        StringWriter output = new();
        StorageCommand.Create().Parse(["version-mapping", "-r", "4.0"]).Invoke(new() { Output = output });
        Assert.StartsWith("metadata.version=25 (4.0)\n", output.ToString(), StringComparison.Ordinal);
    }
}
