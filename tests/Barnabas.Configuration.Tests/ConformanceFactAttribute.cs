namespace Barnabas.Configuration.Tests;

/// <summary>A test that compares with facts about Apache Kafka, and is skipped where they are not at hand.</summary>
public sealed class ConformanceFactAttribute : FactAttribute
{
    public ConformanceFactAttribute()
    {
        if (KafkaData.Folder is null)
        {
            Skip = "No shared/kafka-data beside the checkout.";
        }
    }
}
