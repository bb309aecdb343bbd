using System.Text;

using Barnabas.Kernel;

namespace Barnabas.Storage.Tests;

public sealed class LayoutTests
{
    [Theory]
    [InlineData("orders", 0, "orders-0")]
    [InlineData("a-b.c_d", 12, "a-b.c_d-12")]
    public void A_partition_has_one_directory_name_and_it_reads_back(string topic, int partition, string name)
    {
        Assert.Equal(name, PartitionDirectoryName.Of(new TopicPartition(topic, partition)));
        Assert.Equal(PartitionDirectoryKind.Partition, PartitionDirectoryName.Parse(name, out TopicPartition parsed));
        Assert.Equal(new TopicPartition(topic, partition), parsed);
    }

    /// <summary>M13.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("tópico")]
    public void A_name_that_could_lead_elsewhere_has_no_directory(string topic)
    {
        Assert.Null(PartitionDirectoryName.Of(new TopicPartition(topic, 0)));
        Assert.Null(PartitionDirectoryName.OfDeleted(new TopicPartition(topic, 0), new Uuid(1, 2)));
        var test = new TestLog();
        LogOpenResult result = test.Directory.Open(new TopicPartition(topic, 0), TestLog.TopicId, test.Config, 0);
        Assert.Equal(ErrorCode.InvalidTopicException, result.Error);
    }

    [Fact]
    public void Two_hundred_and_forty_nine_characters_are_a_name_and_one_more_is_not()
    {
        Assert.NotNull(PartitionDirectoryName.Of(new TopicPartition(new string('t', 249), int.MaxValue)));
        Assert.Null(PartitionDirectoryName.Of(new TopicPartition(new string('t', 250), 0)));
        Assert.Null(PartitionDirectoryName.Of(new TopicPartition("t", -1)));
        string deleted = PartitionDirectoryName.OfDeleted(new TopicPartition(new string('t', 249), 7), new Uuid(1, 2))!;
        Assert.Equal(255, deleted.Length);
        Assert.Equal(PartitionDirectoryKind.Deleted, PartitionDirectoryName.Parse(deleted, out _));
    }

    [Theory]
    [InlineData("orders-0.0123abc-delete", PartitionDirectoryKind.Deleted)]
    [InlineData("orders-0.0123abc-future", PartitionDirectoryKind.Future)]
    [InlineData("orders-0.0123abc-stray", PartitionDirectoryKind.Stray)]
    [InlineData("x-99999999999", PartitionDirectoryKind.Unknown)]
    [InlineData("x-07", PartitionDirectoryKind.Unknown)]
    [InlineData("-1", PartitionDirectoryKind.Unknown)]
    [InlineData("lost+found", PartitionDirectoryKind.Unknown)]
    [InlineData("x-delete", PartitionDirectoryKind.Unknown)]
    public void Other_directories_are_told_apart(string name, PartitionDirectoryKind kind) =>
        Assert.Equal(kind, PartitionDirectoryName.Parse(name, out _));

    [Fact]
    public void Meta_properties_of_Kafka_are_understood_and_ours_read_back()
    {
        MetaProperties kafka = MetaProperties.Parse(
            "#\n#Fri Nov 20 18:00:00 UTC 2026\ncluster.id=4L6g3nShT-eMCtK--X86sw\nversion=1\nnode.id=3\n"u8, "f");
        Assert.Equal(new MetaProperties(1, "4L6g3nShT-eMCtK--X86sw", 3, default), kafka);
        MetaProperties ours = kafka with { DirectoryId = new Uuid(5, 6) };
        Assert.Equal(ours, MetaProperties.Parse(ours.Format(), "f"));
        foreach (string bad in (string[])["version=2\n", "version=x\n", "version=1\nnode.id=one\n", "directory.id=?\n"])
        {
            Assert.Throws<CheckpointFormatException>(() => MetaProperties.Parse(Encoding.UTF8.GetBytes(bad), "f"));
        }
    }

    [Fact]
    public void The_clean_shutdown_marker_is_Kafkas_and_more()
    {
        Assert.Equal(5, CleanShutdownMarker.Parse("{\"version\":0,\"brokerEpoch\":5}"u8).BrokerEpoch);
        Assert.Equal(-1, CleanShutdownMarker.Parse(""u8).BrokerEpoch);
        Assert.Equal(-1, CleanShutdownMarker.Parse("{\"brokerEpoch\":"u8).BrokerEpoch);
        var ours = new CleanShutdownMarker(9, new Uuid(3, 4));
        Assert.Equal(ours, CleanShutdownMarker.Parse(ours.Format()));
    }

    [Fact]
    public void Partition_metadata_and_offset_checkpoints_read_back_and_notice_damage()
    {
        Assert.Equal(TestLog.TopicId, PartitionMetadataFile.Parse(PartitionMetadataFile.Format(TestLog.TopicId), "f"));
        Assert.Throws<CheckpointFormatException>(() => PartitionMetadataFile.Parse("version: 1\ntopic_id: x"u8, "f"));
        var offsets = new Dictionary<TopicPartition, Offset> { [new("b", 1)] = new(7), [new("a", 0)] = new(3) };
        byte[] file = OffsetCheckpoint.Format(offsets);
        Assert.Equal("0\n2\na 0 3\nb 1 7\n"u8.ToArray(), file);
        Assert.Equal(offsets, OffsetCheckpoint.Parse(file, "f"));
        Assert.Empty(OffsetCheckpoint.Parse(""u8, "f"));
        Assert.Throws<CheckpointFormatException>(() => OffsetCheckpoint.Parse("0\n1\na b c\n"u8, "f"));
    }

    [Fact]
    public void Validated_positions_read_back_and_any_flipped_bit_makes_them_void()
    {
        var position = new ValidatedPosition(new Offset(5), 100, new Offset(9), 40, 0xFFFF_FFFF, HasProducers: true);
        byte[] file = Format(1);
        ValidatedPositions read = ValidatedPositions.Parse(file);
        Assert.Equal("boot", read.BootId);
        Assert.Equal(position, read.Logs[TestLog.Partition]);
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Empty(ValidatedPositions.Parse(file).Logs);
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        // In many pieces.
        Assert.Equal(5_000, ValidatedPositions.Parse(Format(5_000)).Logs.Count);

        byte[] Format(int count)
        {
            IEnumerable<byte[]> pieces = ValidatedPositions.Format(
                "boot",
                new Uuid(1, 2),
                Enumerable.Range(TestLog.Partition.Partition, count).Select(number =>
                    KeyValuePair.Create(TestLog.Partition with { Partition = number }, position)));
            return [.. pieces.SelectMany(static piece => piece)];
        }
    }
}
