namespace Barnabas.Client.Tests;

/// <summary>Tests that share one <see cref="PeerBroker"/>.</summary>
[CollectionDefinition(Name)]
public sealed class PeerCollection : ICollectionFixture<PeerBroker>
{
    public const string Name = "Peer";
}
