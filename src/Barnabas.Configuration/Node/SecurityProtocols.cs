namespace Barnabas.Configuration;

/// <summary>Names of <see cref="SecurityProtocol"/>.</summary>
public static class SecurityProtocols
{
    /// <summary>The protocol of this name; upper and lower case are the same.</summary>
    public static bool TryParse(string name, out SecurityProtocol protocol)
    {
        SecurityProtocol? found = name.ToUpperInvariant() switch
        {
            "PLAINTEXT" => SecurityProtocol.Plaintext,
            "SSL" => SecurityProtocol.Ssl,
            "SASL_PLAINTEXT" => SecurityProtocol.SaslPlaintext,
            "SASL_SSL" => SecurityProtocol.SaslSsl,
            _ => null,
        };
        protocol = found.GetValueOrDefault();
        return found is not null;
    }

    /// <summary>The name as Kafka writes it.</summary>
    public static string KafkaName(this SecurityProtocol protocol) => protocol switch
    {
        SecurityProtocol.Plaintext => "PLAINTEXT",
        SecurityProtocol.Ssl => "SSL",
        SecurityProtocol.SaslPlaintext => "SASL_PLAINTEXT",
        _ => "SASL_SSL",
    };
}
