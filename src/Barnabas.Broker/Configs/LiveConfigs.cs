using System.Globalization;
using Barnabas.Configuration;
using Barnabas.Metadata;

namespace Barnabas.Broker;

/// <summary>
/// The configuration in force on this broker: its file under the dynamic layers of the metadata log. Read from any
/// thread; changed only from the mailbox that applies metadata.
/// </summary>
internal sealed class LiveConfigs(NodeConfiguration node)
{
    private readonly ConfigResource _self = new(
        ConfigResourceType.Broker,
        node.NodeId.ToString(CultureInfo.InvariantCulture));

    private BrokerConfigs _broker = BrokerConfigs.Of(node);

    public NodeConfiguration Node { get; } = node;

    public BrokerConfigs Broker => Volatile.Read(ref _broker);

    /// <summary>Takes the dynamic layers of an image.</summary>
    public void Apply(MetadataImage image) =>
        Volatile.Write(
            ref _broker,
            Broker.With(
                image.ConfigsOf(ConfigResource.AllBrokers),
                image.ConfigsOf(_self)));

    public TopicSettings TopicSettings(MetadataImage image, string topic) =>
        Configuration.TopicSettings.From(image.ConfigsOf(ConfigResource.Topic(topic)), Broker.Values);
}
