namespace Barnabas.Configuration;

/// <summary>How a listener encrypts and authenticates. The numbers are those of Kafka's broker registration.</summary>
public enum SecurityProtocol : short
{
    Plaintext = 0,
    Ssl = 1,
    SaslPlaintext = 2,
    SaslSsl = 3,
}
