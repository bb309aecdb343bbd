namespace Barnabas.Protocol.Tests;

/// <summary>A test that reads the reference data; skipped, and saying so, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReferenceDataFactAttribute : FactAttribute
{
    public ReferenceDataFactAttribute()
    {
        if (Reference.Data is null)
        {
            Skip = "No ../shared/kafka-data beside the checkout.";
        }
    }
}
