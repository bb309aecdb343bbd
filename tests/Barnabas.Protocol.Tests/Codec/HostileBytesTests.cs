namespace Barnabas.Protocol.Tests;

/// <summary>
/// Bytes from nowhere: they never throw, and they cannot make the decoder take more memory than it promised.
/// </summary>
public sealed class HostileBytesTests
{
    [Fact]
    public void Damaged_messages_never_throw()
    {
        Random random = new(4);
        int refused = 0;
        int read = 0;
        foreach (IMessage message in Messages.All)
        {
            foreach (short version in Messages.Versions(message))
            {
                IMessage filled = Messages.NewLike(message);
                new MessageFiller(random).Fill(filled, version);
                byte[] bytes = filled.ToBytes(version);
                for (int i = 0; i < 20; i++)
                {
                    _ = Reads(message, Damage.Apply(bytes, random), version) ? read++ : refused++;
                }
            }
        }

        Assert.True(refused > 1000 && read > 1000, $"{refused} refused, {read} read");
    }

    [Fact]
    public void Noise_never_throws()
    {
        Random random = new(5);
        byte[] noise = new byte[4096];
        foreach (IMessage message in Messages.All)
        {
            random.NextBytes(noise);
            // Small counts let the decoder in deeper than full bytes would.
            for (int i = 0; i < noise.Length; i += random.Next(1, 4))
            {
                noise[i] = (byte)random.Next(4);
            }

            foreach (short version in Messages.Versions(message))
            {
                Reads(message, noise[..random.Next(noise.Length)], version);
            }
        }
    }

    /// <summary>
    /// Frames of 256 KiB full of lies: every count claims as many elements as the rest of the frame could just hold.
    /// Small frames may spend the floor; a reader without it must stay within four times the frame.
    /// </summary>
    [Fact]
    public void A_frame_of_lies_stays_below_the_allocation_limit()
    {
        const int Size = 256 * 1024;
        const long Limit = 4L * Size;
        byte[] ones = new byte[Size];
        Array.Fill(ones, (byte)1);
        byte[] twos = new byte[Size];
        Array.Fill(twos, (byte)2);
        foreach (IMessage message in Messages.All)
        {
            short version = message.HighestSupportedVersion;
            foreach (byte[] frame in new[] { new byte[Size], ones, twos })
            {
                IMessage target = Messages.NewLike(message);
                KafkaReader reader = new(frame.AsMemory()) { AllocationLimit = Limit };
                long before = GC.GetAllocatedBytesForCurrentThread();
                target.Read(ref reader, version);
                long taken = GC.GetAllocatedBytesForCurrentThread() - before;
                // Charged are the final slots; a list that doubles has had as many again in smaller arrays.
                Assert.True(taken <= (2 * Limit) + 4096, $"{message.GetType().Name} v{version} took {taken}");
            }
        }
    }

    [Fact]
    public void A_long_array_of_tiny_structs_is_cut_off_by_the_limit()
    {
        // One topic name per three bytes: decoded, it weighs 30 times as much as on the wire.
        const int Topics = 900_000;
        MetadataRequest request = new() { Topics = [] };
        for (int i = 0; i < Topics; i++)
        {
            request.Topics.Add(new() { Name = "" });
        }

        byte[] bytes = request.ToBytes(9);
        long before = GC.GetAllocatedBytesForCurrentThread();
        KafkaReader reader = new(bytes.AsMemory());
        new MetadataRequest().Read(ref reader, 9);
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(reader.Failed);
        Assert.InRange(taken, 0, KafkaReader.AllocationFloor);

        KafkaReader trusting = new(bytes.AsMemory()) { AllocationLimit = long.MaxValue };
        MetadataRequest read = new();
        read.Read(ref trusting, 9);
        Assert.Equal(Topics, read.Topics!.Count);
    }

    private static bool Reads(IMessage message, byte[] bytes, short version)
    {
        KafkaReader reader = new(bytes.AsMemory());
        Messages.NewLike(message).Read(ref reader, version);
        return !reader.Failed;
    }
}
