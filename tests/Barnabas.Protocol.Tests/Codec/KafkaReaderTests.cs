using Barnabas.Kernel;

namespace Barnabas.Protocol.Tests;

/// <summary>The rules of the primitives; M8 to M12 are rows of the menu of malformed input.</summary>
public sealed class KafkaReaderTests
{
    [Fact]
    public void Failure_is_sticky_and_reads_go_on_as_defaults()
    {
        KafkaReader reader = new([0, 0, 0]);
        Assert.Equal(0, reader.ReadInt32());
        Assert.True(reader.Failed);
        Assert.Equal(0, reader.Remaining);
        Assert.Equal(0, reader.ReadInt8());
        Assert.Equal("", reader.ReadString(compact: true));
        Assert.Null(reader.ReadNullableString(compact: false));
        Assert.Equal(Uuid.Zero, reader.ReadUuid());
        Assert.Equal(0, reader.ReadTagCount());
        Assert.True(reader.Failed);
    }

    [Theory]
    [InlineData("00", 0)]
    [InlineData("7F", 127)]
    [InlineData("8001", 128)]
    [InlineData("8000", 0)]
    [InlineData("FFFFFFFF0F", -1)]
    [InlineData("FFFFFFFF7F", -1)]
    public void M10_overlong_varints_and_surplus_bits_are_accepted(string hex, int value)
    {
        KafkaReader reader = new(Convert.FromHexString(hex));
        Assert.Equal(value, reader.ReadUnsignedVarint());
        Assert.False(reader.Failed);
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData("808080808001")]
    [InlineData("FFFFFFFFFF")]
    [InlineData("80")]
    [InlineData("")]
    public void M10_varints_that_do_not_end_in_time_fail(string hex)
    {
        KafkaReader reader = new(Convert.FromHexString(hex));
        reader.ReadUnsignedVarint();
        Assert.True(reader.Failed);
    }

    [Theory]
    [InlineData("FFFF", false)]
    [InlineData("FFFB", false)]
    [InlineData("00", true)]
    public void M8_any_negative_length_is_null_where_null_is_allowed(string hex, bool compact)
    {
        KafkaReader reader = new(Convert.FromHexString(hex));
        Assert.Null(reader.ReadNullableString(compact));
        Assert.False(reader.Failed);

        KafkaReader strict = new(Convert.FromHexString(hex));
        strict.ReadString(compact);
        Assert.True(strict.Failed);
    }

    [Fact]
    public void M8_a_negative_count_is_null_where_null_is_allowed()
    {
        KafkaReader reader = new([0xFF, 0xFF, 0xFF, 0xFE]);
        Assert.Null(reader.ReadNullableInt32List(compact: false, nullable: true));
        Assert.False(reader.Failed);

        KafkaReader strict = new([0xFF, 0xFF, 0xFF, 0xFE]);
        Assert.Null(strict.ReadNullableInt32List(compact: false, nullable: false));
        Assert.True(strict.Failed);
    }

    [Fact]
    public void M8_a_count_needs_room_for_its_smallest_elements()
    {
        byte[] bytes = [0, 0, 0, 3, .. new byte[12]];
        KafkaReader fits = new(bytes);
        Assert.Equal(3, fits.ReadCount(compact: false, nullable: false, minimumSize: 4, heapSize: 8));
        KafkaReader tooMany = new(bytes.AsSpan(0, 15));
        Assert.Equal(-1, tooMany.ReadCount(compact: false, nullable: false, minimumSize: 4, heapSize: 8));
        Assert.True(tooMany.Failed);
    }

    [Fact]
    public void M8_a_count_above_a_million_is_refused_even_if_its_bytes_are_there()
    {
        byte[] bytes = new byte[sizeof(int) + KafkaReader.MaxArrayCount + 1];
        KafkaWriter writer = new(bytes);
        writer.WriteInt32(KafkaReader.MaxArrayCount + 1);
        KafkaReader reader = new(bytes);
        reader.ReadInt8List([], compact: false);
        Assert.True(reader.Failed);
    }

    [Theory]
    [InlineData(10_000, true)]
    [InlineData(10_001, false)]
    public void M9_a_struct_has_at_most_ten_thousand_tagged_fields(int count, bool accepted)
    {
        byte[] bytes = new byte[5 + (2 * count)];
        KafkaWriter writer = new(bytes);
        writer.WriteUnsignedVarint(count);
        for (int i = 0; i < count; i++)
        {
            writer.WriteTag(tag: 7, size: 0);
        }

        KafkaReader reader = new(bytes.AsSpan(0, writer.Position));
        reader.SkipTaggedFields();
        Assert.Equal(!accepted, reader.Failed);
        Assert.Equal(accepted ? count : 0, reader.UnknownTags);
    }

    [Fact]
    public void M9_tags_may_repeat_and_descend_and_the_last_one_counts()
    {
        // A FetchRequest of version 12 that names its cluster twice, between unknown tags.
        FetchRequest plain = new();
        byte[] bytes = plain.ToBytes(12);
        byte[] tagged = [.. bytes[..^1], 4, 9, 1, 0xAA, 0, 2, 2, (byte)'a', 5, 0, 0, 2, 2, (byte)'b'];
        KafkaReader reader = new(tagged);
        FetchRequest read = new();
        read.Read(ref reader, 12);
        Assert.False(reader.Failed);
        Assert.Equal("b", read.ClusterId);
        Assert.Equal(2, reader.UnknownTags);
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void M11_bytes_that_are_no_text_become_replacement_characters()
    {
        KafkaReader reader = new([0, 2, 0xC3, 0x28]);
        Assert.Equal("\uFFFD(", reader.ReadString(compact: false));
        Assert.False(reader.Failed);
    }

    [Fact]
    public void M12_bytes_behind_a_message_are_ignored_and_can_be_counted()
    {
        byte[] bytes = [.. new HeartbeatResponse { ErrorCode = 3 }.ToBytes(0), 1, 2, 3];
        Assert.True(MessageBytes.TryRead(bytes, 0, out HeartbeatResponse? response));
        Assert.Equal(3, response.ErrorCode);
        KafkaReader reader = new(bytes);
        new HeartbeatResponse().Read(ref reader, 0);
        Assert.Equal(3, reader.Remaining);
    }

    [Fact]
    public void A_string_has_fifteen_bits_of_length()
    {
        byte[] bytes = new byte[40_000];
        KafkaWriter writer = new(bytes);
        writer.WriteUnsignedVarint(32_768 + 1);
        KafkaReader reader = new(bytes);
        reader.ReadString(compact: true);
        Assert.True(reader.Failed);
    }

    [Fact]
    public void Records_are_slices_of_memory_and_copies_of_spans()
    {
        byte[] bytes = [0, 0, 0, 2, 5, 6];
        KafkaReader overMemory = new(bytes.AsMemory());
        KafkaReader overSpan = new(bytes.AsSpan());
        ReadOnlyMemory<byte> slice = overMemory.ReadRecords(compact: false)!.Value;
        ReadOnlyMemory<byte> copy = overSpan.ReadRecords(compact: false)!.Value;
        bytes[4] = 7;
        Assert.Equal(7, slice.Span[0]);
        Assert.Equal(5, copy.Span[0]);
    }

    [Fact]
    public void Signed_varints_are_zigzag()
    {
        Span<byte> bytes = stackalloc byte[32];
        KafkaWriter writer = new(bytes);
        writer.WriteVarint(int.MinValue);
        writer.WriteVarint(-1);
        writer.WriteVarlong(long.MinValue);
        writer.WriteVarlong(long.MaxValue);
        KafkaReader reader = new(bytes[..writer.Position]);
        Assert.Equal(int.MinValue, reader.ReadVarint());
        Assert.Equal(-1, reader.ReadVarint());
        Assert.Equal(long.MinValue, reader.ReadVarlong());
        Assert.Equal(long.MaxValue, reader.ReadVarlong());
        Assert.Equal(0, reader.Remaining);
    }
}
