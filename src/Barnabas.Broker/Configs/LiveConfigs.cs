using System.Collections.Immutable;
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

    private InForce _inForce = new(BrokerConfigs.Of(node));

    public NodeConfiguration Node { get; } = node;

    public BrokerConfigs Broker => Volatile.Read(ref _inForce).Broker;

    /// <summary>Takes the dynamic layers of an image.</summary>
    public void Apply(MetadataImage image) =>
        Volatile.Write(
            ref _inForce,
            new InForce(Broker.With(
                image.ConfigsOf(ConfigResource.AllBrokers),
                image.ConfigsOf(_self))));

    public TopicSettings TopicSettings(MetadataImage image, string topic)
    {
        ImmutableSortedDictionary<string, string> overrides = image.ConfigsOf(ConfigResource.Topic(topic));
        InForce now = Volatile.Read(ref _inForce);
        return overrides.IsEmpty
            ? now.OfPlainTopic
            : Configuration.TopicSettings.From(overrides, now.Broker.Values);
    }

    private sealed class InForce(BrokerConfigs broker)
    {
        public BrokerConfigs Broker { get; } = broker;

        /// <summary>Of most topics, which have no settings of their own.</summary>
        public TopicSettings OfPlainTopic { get; } = Configuration.TopicSettings.From(
            ImmutableSortedDictionary<string, string>.Empty, broker.Values);
    }
}
