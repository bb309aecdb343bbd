namespace Barnabas.Coordination.Tests;

public sealed class GroupPartitionTests
{
    // Expected values computed with java.lang.String.hashCode.
    [Theory]
    [InlineData("", 50, 0)]
    [InlineData("a", 50, 47)]
    [InlineData("hello", 50, 99162322 % 50)]
    [InlineData("polygenelubricants", 50, 0)]
    [InlineData("console-consumer-1234", 1, 0)]
    public void A_group_lives_where_the_hash_of_its_java_string_says(string groupId, int partitions, int expected) =>
        Assert.Equal(expected, GroupPartition.Of(groupId, partitions));
}
