using System.Buffers;
using System.Text;
using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

public class NativeCodecsTests
{
    private const int Limit = 64 * 1024 * 1024;

    private static readonly CompressionCodecs Codecs = NativeCodecs.Create();

    public static TheoryData<CompressionType> Types =>
        [CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd];

    [Theory]
    [MemberData(nameof(Types))]
    public void What_was_compressed_comes_back(CompressionType type)
    {
        var random = new Random(3);
        foreach (int size in (int[])[1, 2, 17, 1000, 32 * 1024, (32 * 1024) + 1, 65536, 65537, 1_000_000, 5_000_000])
        {
            byte[] noise = new byte[size];
            random.NextBytes(noise);
            byte[] text = Text(Enumerable.Range(0, (size / 6) + 1).Select(i => i % 997));
            Assert.Equal(noise, Decompress(type, Compress(type, noise)));
            Assert.Equal(text, Decompress(type, Compress(type, text)));
        }
    }

    [Theory]
    [InlineData(CompressionType.Gzip, 1)]
    [InlineData(CompressionType.Gzip, 9)]
    [InlineData(CompressionType.Gzip, -1)]
    [InlineData(CompressionType.Lz4, 1)]
    [InlineData(CompressionType.Lz4, 17)]
    [InlineData(CompressionType.Zstd, -131072)]
    [InlineData(CompressionType.Zstd, 19)]
    [InlineData(CompressionType.Zstd, 22)]
    public void Every_level_a_topic_can_ask_for_works(CompressionType type, int level)
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20_000)));
        Assert.Equal(text, Decompress(type, Compress(type, text, level)));
    }

    [Fact]
    public void More_effort_gives_fewer_bytes()
    {
        byte[] text = Text(Enumerable.Range(0, 50_000).Select(i => i * 7919 % 1009));
        Assert.True(Compress(CompressionType.Gzip, text, 9).Length < Compress(CompressionType.Gzip, text, 1).Length);
        Assert.True(Compress(CompressionType.Lz4, text, 12).Length < Compress(CompressionType.Lz4, text).Length);
        int hasty = Compress(CompressionType.Zstd, text, -100).Length;
        Assert.True(Compress(CompressionType.Zstd, text, 19).Length < hasty);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void The_limit_is_the_largest_size_that_passes(CompressionType type)
    {
        byte[] zeros = new byte[300_000];
        byte[] compressed = Compress(type, zeros);
        Assert.Equal(zeros, Decompress(type, compressed, zeros.Length));
        CompressionException refused = Assert.Throws<CompressionException>(
            () => Decompress(type, compressed, zeros.Length - 1));
        Assert.True(refused.LimitExceeded);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_bomb_stops_near_the_limit(CompressionType type)
    {
        byte[] bomb = Compress(type, new byte[64 * 1024 * 1024]);
        const int Allowed = 1024 * 1024;
        long before = GC.GetAllocatedBytesForCurrentThread();
        CompressionException refused = Assert.Throws<CompressionException>(() => Decompress(type, bomb, Allowed));
        Assert.True(refused.LimitExceeded);
        // The writer of the test doubles as it grows: twice the limit, and what it left behind on the way there.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * Allowed);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_cut_is_seen(CompressionType type)
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 300)));
        byte[] compressed = Compress(type, text);
        for (int length = 0; length < compressed.Length; length++)
        {
            byte[] cut = compressed[..length];
            // Between its blocks a snappy stream has no mark that more must come: the shorter content shows.
            bool refused = Record.Exception(() => Assert.NotEqual(text, Decompress(type, cut))) is CompressionException;
            Assert.True(refused || (type == CompressionType.Snappy && length == 16), $"cut at {length}");
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Damage_is_refused_by_one_exception_and_in_bounded_memory(CompressionType type)
    {
        var random = new Random(11);
        byte[] compressed = Compress(type, Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 3000))));
        const int Allowed = 256 * 1024;
        for (int round = 0; round < 3000; round++)
        {
            byte[] damaged = round % 5 == 0 ? new byte[random.Next(400)] : [.. compressed];
            if (round % 5 == 0)
            {
                random.NextBytes(damaged);
            }
            else
            {
                for (int i = random.Next(1, 6); i > 0; i--)
                {
                    // Damage near the front meets the headers.
                    int at = random.Next(random.Next(2) == 0 ? Math.Min(32, damaged.Length) : damaged.Length);
                    damaged[at] = (byte)random.Next(256);
                }
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            Exception? thrown = Record.Exception(() => Decompress(type, damaged, Allowed));
            Assert.True(thrown is null or CompressionException, thrown?.ToString());
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * Allowed);
        }
    }

    [Fact]
    public void Snappy_is_read_bare_and_in_joined_streams()
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 2000)));
        byte[] stream = Compress(CompressionType.Snappy, text);
        byte[] bare = stream[20..];
        Assert.Equal(text, Decompress(CompressionType.Snappy, bare));
        Assert.Equal([.. text, .. text], Decompress(CompressionType.Snappy, [.. stream, .. stream]));
    }

    [Fact]
    public void A_snappy_stream_begins_as_that_of_the_java_library()
    {
        byte[] stream = Compress(CompressionType.Snappy, [1]);
        Assert.Equal("82534E41505059000000000100000001", Convert.ToHexString(stream, 0, 16));
    }

    [Fact]
    public void Lz4_with_linked_blocks_is_refused()
    {
        byte[] frame = Compress(CompressionType.Lz4, new byte[200_000]);
        Assert.Equal(0x60, frame[4] & 0x60);
        frame[4] &= 0xDF;
        Assert.Throws<CompressionException>(() => Decompress(CompressionType.Lz4, frame));
    }

    [Fact]
    public void A_zstd_frame_that_claims_what_it_cannot_hold_allocates_nothing()
    {
        // Magic, a descriptor with eight bytes of content size, a claim of 2^40, one empty last block.
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<CompressionException>(() => Decompress(CompressionType.Zstd, frame));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Output_in_pieces_is_the_same(CompressionType type)
    {
        var random = new Random(5);
        foreach (int size in (int[])[1, 1000, 65536, 1_000_000, 20_000_000])
        {
            byte[] bytes = new byte[size];
            random.NextBytes(bytes.AsSpan(0, size / 2));
            byte[] compressed = Compress(type, bytes);
            var pieces = new PieceWriter();
            Codecs.Find(type)!.Decompress(compressed, pieces, Limit, wholeBytesMax: 1000);
            Assert.Equal(bytes, pieces.Written);
            // A Zstandard frame whose window is all of its content has no use for pieces; the window is 2 MiB here.
            int largestAsk = type == CompressionType.Zstd && size <= 2 << 20 ? size : (64 * 1024) + 1;
            Assert.InRange(pieces.LargestAsk, 1, largestAsk);
            foreach (int cut in (int[])[1, compressed.Length / 3, compressed.Length / 2])
            {
                byte[] damaged = compressed[..^cut];
                bool fails = Record.Exception(() => Decompress(type, damaged)) is CompressionException;
                Assert.True(fails || type == CompressionType.Snappy, "Only blocks of snappy end without a mark.");
                Exception? thrown = Record.Exception(
                    () => Codecs.Find(type)!.Decompress(damaged, new PieceWriter(), Limit, wholeBytesMax: 1000));
                Assert.Equal(fails, thrown is CompressionException);
            }
        }
    }

    [Theory]
    [InlineData(17, 64 * 1024)]
    [InlineData(23, 64 * 1024)]
    [InlineData(24, 16 << 20)]
    [InlineData(31, 16 << 20)]
    public void A_zstd_frame_comes_in_pieces_unless_its_window_is_large(int windowLog, int largestAsk)
    {
        // Magic, a descriptor without content size, the window, and blocks of four bytes that stand for 128 KiB each.
        List<byte> frame = [0x28, 0xB5, 0x2F, 0xFD, 0, (byte)((windowLog - 10) << 3)];
        const int Blocks = 80;
        for (int i = 1; i <= Blocks; i++)
        {
            int header = (128 * 1024 << 3) | (1 << 1) | (i == Blocks ? 1 : 0);
            frame.AddRange([(byte)header, (byte)(header >> 8), (byte)(header >> 16), (byte)i]);
        }

        byte[] expected = [.. Enumerable.Range(0, Blocks * 128 * 1024).Select(at => (byte)((at >> 17) + 1))];
        var pieces = new PieceWriter();
        Codecs.Find(CompressionType.Zstd)!.Decompress([.. frame], pieces, Limit, wholeBytesMax: 1000);
        Assert.Equal(expected, pieces.Written);
        Assert.InRange(pieces.LargestAsk, 1, largestAsk);
        Assert.Throws<CompressionException>(() => Codecs.Find(CompressionType.Zstd)!.Decompress(
            [.. frame], new PieceWriter(), expected.Length - 1, wholeBytesMax: 1000));
        frame[6] = 7;
        Assert.Throws<CompressionException>(() => Codecs.Find(CompressionType.Zstd)!.Decompress(
            [.. frame], new PieceWriter(), Limit, wholeBytesMax: 1000));
    }

    private static byte[] Text(IEnumerable<int> numbers) => Encoding.ASCII.GetBytes(string.Join(' ', numbers));

    private static byte[] Compress(CompressionType type, byte[] source, int? level = null)
    {
        var destination = new ArrayBufferWriter<byte>();
        Codecs.Find(type)!.Compress(source, destination, level);
        return destination.WrittenSpan.ToArray();
    }

    private static byte[] Decompress(CompressionType type, byte[] source, int limit = Limit)
    {
        var destination = new ArrayBufferWriter<byte>();
        Codecs.Find(type)!.Decompress(source, destination, limit);
        return destination.WrittenSpan.ToArray();
    }

    /// <summary>Takes output as it comes and keeps how much was asked for at once.</summary>
    private sealed class PieceWriter : IBufferWriter<byte>
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public int LargestAsk { get; private set; }

        public byte[] Written => _bytes.WrittenSpan.ToArray();

        public void Advance(int count) => _bytes.Advance(count);

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

        public Span<byte> GetSpan(int sizeHint = 0)
        {
            LargestAsk = Math.Max(LargestAsk, sizeHint);
            return _bytes.GetSpan(sizeHint);
        }
    }
}
