using System.Text;

namespace Barnabas.Kernel.Tests;

public class Crc32CTests
{
    // The check value that every description of the Castagnoli polynomial gives.
    private const uint CheckValue = 0xE3069283;

    private delegate uint Path(uint crc, ReadOnlySpan<byte> bytes);

    [Fact]
    public void The_check_value_holds() =>
        Assert.Equal(CheckValue, Crc32C.Compute(Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void Nothing_has_the_checksum_zero() => Assert.Equal(0u, Crc32C.Compute([]));

    [Fact]
    public void The_public_entry_agrees_with_the_definition() => AgreesWithTheDefinition(Crc32C.Append);

    [Fact]
    public void One_chain_agrees_with_the_definition() => AgreesWithTheDefinition(Crc32C.Chained);

    [Fact]
    public void Three_chains_agree_with_the_definition() => AgreesWithTheDefinition(Crc32C.Interleaved);

    [Fact]
    public void Folding_agrees_with_the_definition()
    {
        // Without 512-bit carry-less multiplication the path is never taken, and cannot be run.
        if (Crc32C.CanFold)
        {
            AgreesWithTheDefinition(Crc32C.Folded, minimumLength: 256);
        }
    }

    [Fact]
    public void Pieces_give_the_checksum_of_the_whole()
    {
        var random = new Random(7);
        byte[] bytes = new byte[20_000];
        random.NextBytes(bytes);
        for (int round = 0; round < 200; round++)
        {
            int first = random.Next(bytes.Length);
            int second = random.Next(first, bytes.Length);
            uint crc = Crc32C.Append(0, bytes.AsSpan(0, first));
            crc = Crc32C.Append(crc, bytes.AsSpan(first, second - first));
            Assert.Equal(Crc32C.Compute(bytes), Crc32C.Append(crc, bytes.AsSpan(second)));
        }
    }

    private static void AgreesWithTheDefinition(Path path, int minimumLength = 0)
    {
        var random = new Random(42);
        byte[] bytes = new byte[12_000];
        random.NextBytes(bytes);
        for (int round = 0; round < 600; round++)
        {
            // Short lengths meet every remainder of words and vectors, long ones every loop.
            int length = minimumLength + random.Next(round % 2 == 0 ? 600 : bytes.Length - 600);
            int start = random.Next(bytes.Length - length + 1);
            uint crc = round % 3 == 0 ? (uint)random.NextInt64() : 0;
            ReadOnlySpan<byte> piece = bytes.AsSpan(start, length);
            Assert.Equal(BitByBit(crc, piece), path(crc, piece));
        }
    }

    private static uint BitByBit(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint state = ~crc;
        foreach (byte value in bytes)
        {
            state ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state & 1) == 0 ? state >> 1 : (state >> 1) ^ 0x82F63B78;
            }
        }

        return ~state;
    }
}
