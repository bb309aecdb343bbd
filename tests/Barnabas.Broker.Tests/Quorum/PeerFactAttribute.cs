namespace Barnabas.Broker.Tests;

/// <summary>A test with Apache Kafka as the other side.</summary>
public sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute()
    {
        if (ApacheKafka.Script is null)
        {
            Skip = "Apache Kafka was not found: neither KAFKA_HOME nor a folder shared/apache-kafka above the tests.";
        }
    }
}
