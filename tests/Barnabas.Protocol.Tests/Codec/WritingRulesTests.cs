namespace Barnabas.Protocol.Tests;

/// <summary>What an encoder refuses rather than lose, and what it may drop.</summary>
public sealed class WritingRulesTests
{
    [Fact]
    public void A_value_that_a_version_cannot_carry_is_refused_by_name()
    {
        FetchRequest request = new() { ReplicaState = { ReplicaId = 3 } };
        UnsupportedVersionException refused =
            Assert.Throws<UnsupportedVersionException>(() => request.ToBytes(14));
        Assert.Contains("ReplicaState", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(request.ToBytes(15));
    }

    [Fact]
    public void An_ignorable_value_is_dropped_by_a_version_that_lacks_it()
    {
        FetchRequest request = new() { SessionId = 77, RackId = "r" };
        Assert.True(MessageBytes.TryRead(request.ToBytes(4), 4, out FetchRequest? read));
        Assert.Equal(0, read.SessionId);
        Assert.Equal("", read.RackId);
    }

    [Fact]
    public void Null_is_refused_by_a_version_that_has_no_form_for_it()
    {
        MetadataRequest request = new() { Topics = null };
        Assert.Throws<UnsupportedVersionException>(() => request.ToBytes(0));
        Assert.True(MessageBytes.TryRead(request.ToBytes(1), 1, out MetadataRequest? read));
        Assert.Null(read.Topics);
    }

    [Fact]
    public void Records_that_must_be_there_are_not_left_out()
    {
        FetchSnapshotResponse response = new() { Topics = [new() { Partitions = [new()] }] };
        Assert.Throws<UnsupportedVersionException>(() => response.ToBytes(0));
        response.Topics[0].Partitions[0].UnalignedRecords = ReadOnlyMemory<byte>.Empty;
        Assert.NotEmpty(response.ToBytes(0));
    }

    [Fact]
    public void A_tagged_field_with_its_default_takes_no_bytes()
    {
        int bare = new FetchRequest().Measure(18);
        Assert.Equal(bare, new FetchRequest { ReplicaState = { ReplicaId = -1 } }.Measure(18));
        Assert.True(new FetchRequest { ClusterId = "c" }.Measure(18) > bare);
    }

    [Fact]
    public void A_string_that_is_too_long_is_refused()
    {
        FindCoordinatorRequest request = new() { Key = new string('k', 32_768) };
        Assert.Throws<ArgumentException>(() => request.ToBytes(0));
    }

    [Fact]
    public void Too_small_a_span_is_refused()
    {
        HeartbeatRequest request = new() { GroupId = "group" };
        byte[] bytes = new byte[request.Measure(0) - 1];
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            KafkaWriter writer = new(bytes);
            request.Write(ref writer, 0);
        });
    }
}
