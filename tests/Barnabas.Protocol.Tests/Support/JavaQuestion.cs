namespace Barnabas.Protocol.Tests;

/// <summary>An encoded message to put before Apache Kafka's classes.</summary>
/// <param name="Whole">To be encoded again and shown as JSON, not just decoded.</param>
internal sealed record JavaQuestion(string Message, short Version, byte[] Bytes, bool Whole)
{
    public string Line => $"{Message} {Version} {(Whole ? "whole" : "decode")} {Convert.ToHexString(Bytes)}";
}
