namespace Barnabas.Broker.Tests;

/// <summary>One pair for all tests that compare: Apache Kafka takes its time to start.</summary>
[CollectionDefinition(Name)]
public sealed class KafkaPairCollection : ICollectionFixture<KafkaPair>
{
    public const string Name = "pair";
}
