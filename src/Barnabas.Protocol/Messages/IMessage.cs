namespace Barnabas.Protocol;

/// <summary>
/// A generated message. It is plain data: not safe for concurrent change, and its codec keeps nothing between calls.
/// </summary>
public interface IMessage
{
    /// <summary>The oldest version the class can speak.</summary>
    short LowestSupportedVersion { get; }

    /// <summary>The newest version the class can speak.</summary>
    short HighestSupportedVersion { get; }

    /// <summary>The exact number of bytes that <see cref="Write"/> will produce.</summary>
    /// <exception cref="UnsupportedVersionException">As <see cref="Write"/>.</exception>
    int Measure(short version);

    /// <summary>Encodes the message.</summary>
    /// <exception cref="UnsupportedVersionException">
    /// The class does not speak the version, or a field that the version lacks holds more than its default and may not
    /// be dropped.
    /// </exception>
    void Write(ref KafkaWriter writer, short version);

    /// <summary>
    /// Fills a fresh message. Fields that the version lacks keep their defaults. Malformed input never throws: it makes
    /// the reader <see cref="KafkaReader.Failed"/>, and what was filled by then is not to be used.
    /// </summary>
    void Read(ref KafkaReader reader, short version);
}
