using Barnabas.Kernel;
using Barnabas.Metadata;

namespace Barnabas.Broker;

/// <summary>
/// What a broker knows of its cluster: the newest published metadata image. From any thread; a reader takes
/// <see cref="Image"/> once per request and sees one consistent state.
/// </summary>
internal sealed class ClusterView(
    string clusterId,
    BrokerId self,
    IReadOnlyList<KeyValuePair<string, VersionRange>> supportedFeatures)
{
    private MetadataImage _image = MetadataImage.Empty;

    public string ClusterId { get; } = clusterId;

    public BrokerId Self { get; } = self;

    /// <summary>The features this software knows and the levels it can work at, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, VersionRange>> SupportedFeatures { get; } = supportedFeatures;

    public MetadataImage Image => Volatile.Read(ref _image);

    public void Publish(MetadataImage image) => Volatile.Write(ref _image, image);

    /// <summary>
    /// An unfenced broker's endpoint on a listener; null if the broker is not alive or lacks the listener.
    /// </summary>
    public static Endpoint? AliveEndpoint(MetadataImage image, BrokerId broker, string listenerName) =>
        image.TryGetBroker(broker, out BrokerRegistration? registration) && !registration.Fenced
            ? registration.FindEndpoint(listenerName)
            : null;

    public static bool IsAlive(MetadataImage image, BrokerId broker) =>
        image.TryGetBroker(broker, out BrokerRegistration? registration) && !registration.Fenced;
}
