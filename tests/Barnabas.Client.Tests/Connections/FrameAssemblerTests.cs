using System.Buffers.Binary;

namespace Barnabas.Client.Tests;

public sealed class FrameAssemblerTests
{
    [Fact]
    public void Frames_come_out_whole_whatever_the_pieces_they_came_in()
    {
        Random random = new(7);
        for (int round = 0; round < 50; round++)
        {
            List<byte[]> sent = [];
            MemoryStream stream = new();
            for (int i = 0; i < 20; i++)
            {
                int length = random.Next(3) switch
                {
                    0 => random.Next(8),
                    1 => random.Next(5000),
                    _ => random.Next(200_000),
                };
                byte[] body = new byte[length];
                random.NextBytes(body);
                sent.Add(body);
                byte[] prefix = new byte[4];
                BinaryPrimitives.WriteInt32BigEndian(prefix, body.Length);
                stream.Write(prefix);
                stream.Write(body);
            }

            FrameAssembler frames = new(1024 * 1024);
            List<byte[]> received = [];
            ReadOnlySpan<byte> rest = stream.ToArray();
            while (rest.Length > 0)
            {
                Memory<byte> space = frames.Space();
                Assert.NotEqual(0, space.Length);
                int count = Math.Min(Math.Min(space.Length, rest.Length), random.Next(1, 70_000));
                rest[..count].CopyTo(space.Span);
                rest = rest[count..];
                frames.Received(count);
                while (frames.TryTake(out byte[] frame))
                {
                    received.Add(frame);
                }
            }

            Assert.Equal(sent, received);
        }
    }

    [Fact]
    public void M38_an_announced_length_alone_takes_no_more_than_the_first_piece()
    {
        FrameAssembler frames = new(int.MaxValue);
        BinaryPrimitives.WriteInt32BigEndian(frames.Space().Span, 1 << 30);
        frames.Received(4);
        Assert.False(frames.TryTake(out _));
        Assert.True(frames.Space().Length <= FrameAssembler.FirstBytes);
    }
}
