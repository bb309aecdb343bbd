using Barnabas.Kernel;

namespace Barnabas.Protocol.Tests;

public sealed class RecordCodecTests
{
    [Fact]
    public void A_metadata_record_is_framed_by_version_type_and_version()
    {
        TopicRecord topic = new() { Name = "t", TopicId = new Uuid(1, 2) };
        byte[] bytes = MetadataRecordCodec.ToBytes(new(topic, 0));
        Assert.Equal("010200" + Convert.ToHexString(topic.ToBytes(0)), Convert.ToHexString(bytes));
        Assert.Equal(RecordDecoding.Ok, MetadataRecordCodec.TryRead(bytes, out MessageAndVersion read));
        Assert.Equal("t", Assert.IsType<TopicRecord>(read.Message).Name);
    }

    [Theory]
    [InlineData("", RecordDecoding.Malformed)]
    [InlineData("0102", RecordDecoding.Malformed)]
    [InlineData("00020000", RecordDecoding.UnknownFrameVersion)]
    [InlineData("02020000", RecordDecoding.UnknownFrameVersion)]
    [InlineData("017F00", RecordDecoding.UnknownType)]
    [InlineData("01FFFFFFFF0F00", RecordDecoding.UnknownType)]
    [InlineData("010263", RecordDecoding.UnknownVersion)]
    [InlineData("010200", RecordDecoding.Malformed)]
    [InlineData("01140000FF", RecordDecoding.TrailingBytes)]
    public void A_metadata_record_that_cannot_be_read_says_why(string hex, RecordDecoding expected) =>
        Assert.Equal(expected, MetadataRecordCodec.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void A_coordinator_record_is_a_typed_key_and_a_versioned_value()
    {
        OffsetCommitKey key = new() { Group = "g", Topic = "t", Partition = 3 };
        OffsetCommitValue value = new() { Offset = 9, Metadata = "m", CommitTimestamp = 5 };
        byte[] keyBytes = CoordinatorRecordCodec.KeyToBytes(key);
        byte[] valueBytes = CoordinatorRecordCodec.ValueToBytes(new(value, 3));
        Assert.Equal("0001" + "000167" + "000174" + "00000003", Convert.ToHexString(keyBytes));
        Assert.Equal("0003", Convert.ToHexString(valueBytes.AsSpan(0, 2)));

        CoordinatorRecordCodec codec = CoordinatorRecordCodec.Group;
        Assert.Equal(RecordDecoding.Ok, codec.TryReadKey(keyBytes, out IRecordMessage? readKey));
        Assert.Equal((short)GroupRecordType.OffsetCommit, readKey!.RecordType);
        Assert.Equal(RecordDecoding.Ok, codec.TryReadValue(readKey.RecordType, valueBytes, out MessageAndVersion read));
        Assert.Equal(3, read.Version);
        Assert.Equal(9, Assert.IsType<OffsetCommitValue>(read.Message).Offset);
    }

    [Theory]
    [InlineData("00", RecordDecoding.Malformed)]
    [InlineData("7FFF", RecordDecoding.UnknownType)]
    [InlineData("0001", RecordDecoding.Malformed)]
    public void A_coordinator_key_that_cannot_be_read_says_why(string hex, RecordDecoding expected) =>
        Assert.Equal(expected, CoordinatorRecordCodec.Group.TryReadKey(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData("00", RecordDecoding.Malformed)]
    [InlineData("0063", RecordDecoding.UnknownVersion)]
    [InlineData("0003", RecordDecoding.Malformed)]
    public void A_coordinator_value_that_cannot_be_read_says_why(string hex, RecordDecoding expected) =>
        Assert.Equal(expected, CoordinatorRecordCodec.Group.TryReadValue(1, Convert.FromHexString(hex), out _));

    [Fact]
    public void Each_log_has_its_own_record_types()
    {
        Assert.IsType<TransactionLogKey>(TransactionRecords.CreateKey(0));
        Assert.IsType<LegacyOffsetCommitKey>(GroupRecords.CreateKey(0));
        Assert.IsType<ShareSnapshotKey>(ShareRecords.CreateKey(0));
        Assert.IsType<RegisterBrokerRecord>(MetadataRecords.Create(0));
        Assert.IsType<RemoteLogSegmentMetadataRecord>(RemoteRecords.Create(0));
    }
}
