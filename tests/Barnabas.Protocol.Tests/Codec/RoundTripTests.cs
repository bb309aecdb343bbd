namespace Barnabas.Protocol.Tests;

public sealed class RoundTripTests
{
    [Fact]
    public void Every_message_survives_every_version() => Seeds.ForAll(seed =>
    {
        foreach (IMessage message in Messages.All)
        {
            foreach (short version in Messages.Versions(message))
            {
                RoundTrip(Messages.NewLike(message), version, seed);
            }
        }
    }, runs: 5);

    private static void RoundTrip(IMessage message, short version, int seed)
    {
        new MessageFiller(new Random(seed)).Fill(message, version);
        byte[] bytes = new byte[message.Measure(version)];
        KafkaWriter writer = new(bytes);
        message.Write(ref writer, version);
        Assert.Equal(bytes.Length, writer.Position);

        string text = MessageText.Of(message);
        KafkaReader overMemory = new(bytes.AsMemory());
        AssertReads(message, text, ref overMemory, version);
        KafkaReader overSpan = new(bytes.AsSpan());
        AssertReads(message, text, ref overSpan, version);
    }

    private static void AssertReads(IMessage written, string text, ref KafkaReader reader, short version)
    {
        IMessage copy = Messages.NewLike(written);
        copy.Read(ref reader, version);
        Assert.False(reader.Failed, $"{written.GetType().Name} v{version}");
        Assert.Equal(0, reader.Remaining);
        Assert.Equal(text, MessageText.Of(copy));
    }
}
