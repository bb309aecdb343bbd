using System.Diagnostics.CodeAnalysis;

namespace Barnabas.Protocol;

/// <summary>Whole messages to and from arrays, for the control plane.</summary>
public static class MessageBytes
{
    /// <inheritdoc cref="IMessage.Write"/>
    public static byte[] ToBytes(this IMessage message, short version)
    {
        byte[] bytes = new byte[message.Measure(version)];
        KafkaWriter writer = new(bytes);
        message.Write(ref writer, version);
        return bytes;
    }

    /// <summary>
    /// Decodes a message from the start of <paramref name="bytes"/>; false when it is malformed or of an unknown
    /// version. Bytes that follow it are ignored, as in Apache Kafka. <c>records</c> fields stay slices of the input.
    /// </summary>
    public static bool TryRead<T>(ReadOnlyMemory<byte> bytes, short version, [NotNullWhen(true)] out T? message)
        where T : class, IMessage<T>, new()
    {
        KafkaReader reader = new(bytes);
        T read = new();
        read.Read(ref reader, version);
        message = reader.Failed ? null : read;
        return message is not null;
    }
}
