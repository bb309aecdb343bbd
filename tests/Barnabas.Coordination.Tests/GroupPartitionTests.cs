namespace Barnabas.Coordination.Tests;

public sealed class GroupPartitionTests
{
    // Expected values computed with Math.abs of java.lang.String.hashCode; "text-steady" has a negative one,
    // "polygenelubricants" the least of all.
    [Theory]
    [InlineData("", 50, 0)]
    [InlineData("a", 50, 47)]
    [InlineData("hello", 50, 99162322 % 50)]
    [InlineData("text-steady", 50, 8)]
    [InlineData("text-steady", 8, 6)]
    [InlineData("text-steady", 7, 3)]
    [InlineData("\U0001F600", 50, 49)]
    [InlineData("polygenelubricants", 50, 0)]
    [InlineData("polygenelubricants", 7, 0)]
    [InlineData("console-consumer-1234", 1, 0)]
    public void A_group_lives_where_the_hash_of_its_java_string_says(string groupId, int partitions, int expected) =>
        Assert.Equal(expected, GroupPartition.Of(groupId, partitions));
}
