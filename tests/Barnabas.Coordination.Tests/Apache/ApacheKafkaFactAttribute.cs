namespace Barnabas.Coordination.Tests;

/// <summary>A test that needs Apache Kafka; without it the test is skipped and says so.</summary>
internal sealed class ApacheKafkaFactAttribute : FactAttribute
{
    public ApacheKafkaFactAttribute()
    {
        if (ApacheKafka.Libraries is null)
        {
            Skip = "Apache Kafka is neither beside the checkout nor at KAFKA_HOME";
        }
    }
}
