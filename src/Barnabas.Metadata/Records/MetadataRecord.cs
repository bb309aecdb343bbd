using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>One record of the metadata log: the message and the version of its schema it is, or was, written in.</summary>
public readonly record struct MetadataRecord(IMessage Message, short Version);
