namespace Barnabas.Protocol.Tests;

/// <summary>
/// A test that runs Apache Kafka's own codecs; skipped, and saying so, without its libraries or Java.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReferenceLibrariesFactAttribute : FactAttribute
{
    public ReferenceLibrariesFactAttribute()
    {
        if (Reference.ClassPath is null)
        {
            Skip = "No Apache Kafka libraries: neither ../shared/apache-kafka nor KAFKA_HOME.";
        }
        else if (!JavaCodec.IsAvailable)
        {
            Skip = "No Java compiler on the path.";
        }
    }
}
