using Barnabas.Metadata;

namespace Barnabas.Broker;

/// <summary>Acts on new metadata. Called on the metadata mailbox, in the order of the log.</summary>
internal interface IMetadataSubscriber
{
    /// <summary>
    /// Takes the next image; <paramref name="delta"/> leads to it from the last one. Answers to commands whose records
    /// are in
    /// it go out only afterwards.
    /// </summary>
    void Apply(MetadataImage image, MetadataDelta delta);
}
