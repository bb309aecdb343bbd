namespace Barnabas.Storage.Tests;

/// <summary>A test that asks Apache Kafka; skipped, and said so, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KafkaFactAttribute : FactAttribute
{
    public KafkaFactAttribute()
    {
        if (ApacheKafka.Home is null)
        {
            Skip = "Apache Kafka is neither in KAFKA_HOME nor in ../shared";
        }
    }
}
