namespace Barnabas.Protocol.Tests;

public sealed class DefaultMessageTests
{
    [Fact]
    public void Every_schema_became_a_message() => Assert.Equal(287, Messages.All.Count);

    [Fact]
    public void A_message_of_defaults_survives_every_version()
    {
        foreach (IMessage message in Messages.All)
        {
            foreach (short version in Messages.Versions(message))
            {
                byte[] bytes = message.ToBytes(version);
                IMessage copy = Messages.NewLike(message);
                KafkaReader reader = new(bytes.AsMemory());
                copy.Read(ref reader, version);
                Assert.False(reader.Failed, $"{message.GetType().Name} v{version}");
                Assert.Equal(0, reader.Remaining);
                Assert.Equal(bytes, copy.ToBytes(version));
            }
        }
    }

    [Fact]
    public void A_version_that_does_not_exist_is_refused()
    {
        ProduceRequest request = new();
        Assert.Throws<UnsupportedVersionException>(() => request.Measure(2));
        KafkaReader reader = new(new byte[64]);
        request.Read(ref reader, 14);
        Assert.True(reader.Failed);
    }
}
