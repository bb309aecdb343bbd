using FsCheck;
using FsCheck.Fluent;

namespace Barnabas.Kernel.Tests;

public class VarintTests
{
    [Fact]
    public void Every_int_comes_back() => Prop.ForAll<int>(ComesBack).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_long_comes_back() => Prop.ForAll<long>(ComesBack).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0L, 1)]
    [InlineData(-1L, 1)]
    [InlineData(63L, 1)]
    [InlineData(64L, 2)]
    [InlineData(int.MinValue, 5)]
    [InlineData(long.MaxValue, 10)]
    [InlineData(long.MinValue, 10)]
    public void Sizes_are_as_the_format_says(long value, int size)
    {
        Assert.True(ComesBack(value));
        Assert.Equal(size, Varint.SizeOfSigned(value));
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(-65)]
    public void The_corners_of_int_come_back(int value) => Assert.True(ComesBack(value));

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80 })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 })]
    public void A_cut_or_too_long_value_is_refused_and_moves_nothing(byte[] bytes)
    {
        int position = 0;
        Assert.False(Varint.TryRead(bytes, ref position, out uint value));
        Assert.Equal(0, position);
        Assert.Equal(0u, value);
    }

    [Fact]
    public void An_overlong_zero_is_read_as_zero()
    {
        int position = 0;
        Assert.True(Varint.TryRead([0x80, 0x00], ref position, out uint value));
        Assert.Equal(2, position);
        Assert.Equal(0u, value);
    }

    private static bool ComesBack(int value)
    {
        Span<byte> bytes = stackalloc byte[Varint.MaxSize32];
        int length = Varint.WriteSigned(bytes, value);
        int position = 0;
        return length == Varint.SizeOfSigned(value)
            && Varint.TryReadSigned(bytes[..length], ref position, out int read)
            && position == length
            && read == value;
    }

    private static bool ComesBack(long value)
    {
        Span<byte> bytes = stackalloc byte[Varint.MaxSize64];
        int length = Varint.WriteSigned(bytes, value);
        int position = 0;
        return length == Varint.SizeOfSigned(value)
            && Varint.TryReadSigned(bytes[..length], ref position, out long read)
            && position == length
            && read == value;
    }
}
