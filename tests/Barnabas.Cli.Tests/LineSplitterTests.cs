using System.Text;

namespace Barnabas.Cli.Tests;

public sealed class LineSplitterTests
{
    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\nb", "a|b")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("a\rb\r", "a|b")]
    [InlineData("\n\na", "||a")]
    [InlineData("a\r\n\r\nb", "a||b")]
    [InlineData("", "")]
    public async Task Lines_end_as_Java_ends_them_whatever_the_pieces(string input, string lines)
    {
        for (int piece = 1; piece <= 4; piece++)
        {
            LineSplitter splitter = new(new SlowStream(Encoding.UTF8.GetBytes(input), piece), 1024 * 1024);
            List<string> found = [];
            bool more = true;
            while (more)
            {
                more = await splitter.FillAsync(default);
                while (splitter.TryNext(out ReadOnlyMemory<byte> line))
                {
                    found.Add(Encoding.UTF8.GetString(line.Span));
                }
            }

            Assert.Equal(lines, string.Join('|', found));
        }
    }

    [Fact]
    public async Task A_line_may_be_longer_than_the_buffer_but_not_than_the_limit()
    {
        byte[] input = new byte[600_000];
        input.AsSpan().Fill((byte)'x');
        LineSplitter generous = new(new MemoryStream(input), 1024 * 1024);
        while (await generous.FillAsync(default))
        {
        }

        Assert.True(generous.TryNext(out ReadOnlyMemory<byte> line));
        Assert.Equal(input.Length, line.Length);

        LineSplitter strict = new(new MemoryStream(input), 300_000);
        await Assert.ThrowsAsync<CommandFailure>(async () =>
        {
            while (await strict.FillAsync(default))
            {
            }
        });
    }

    private sealed class SlowStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
