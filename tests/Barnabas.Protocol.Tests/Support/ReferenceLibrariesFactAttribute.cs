namespace Barnabas.Protocol.Tests;

/// <summary>
/// A test that runs Apache Kafka's own codecs; skipped, and saying so, without its libraries or Java.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReferenceLibrariesFactAttribute : FactAttribute
{
    /// <param name="zooKeeperEra">Whether it runs those of 3.9 instead of those of 4.4.</param>
    public ReferenceLibrariesFactAttribute(bool zooKeeperEra = false)
    {
        ZooKeeperEra = zooKeeperEra;
        if ((zooKeeperEra ? Reference.ZooKeeperEraClassPath : Reference.ClassPath) is null)
        {
            Skip = zooKeeperEra
                ? "No libraries of Apache Kafka 3.9 in ../shared/apache-kafka."
                : "No libraries of Apache Kafka 4.4: neither ../shared/apache-kafka nor KAFKA_HOME.";
        }
        else if (!JavaCodec.IsAvailable)
        {
            Skip = "No Java compiler on the path.";
        }
    }

    public bool ZooKeeperEra { get; }
}
