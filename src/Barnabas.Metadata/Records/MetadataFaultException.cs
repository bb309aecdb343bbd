namespace Barnabas.Metadata;

/// <summary>
/// The metadata log says something that cannot be: an unknown record, a change to what does not exist. Replay must be
/// total, so the node that meets this stops instead of going on with a state that others do not share.
/// </summary>
public sealed class MetadataFaultException(string message) : Exception(message);
