namespace Barnabas.Records.Tests;

/// <summary>A test that needs <see cref="ApacheKafka"/>; skipped, with the reason, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ApacheKafkaFactAttribute : FactAttribute
{
    public ApacheKafkaFactAttribute()
    {
        Skip = ApacheKafka.IsPresent ? null : ApacheKafka.Absent;
    }
}
