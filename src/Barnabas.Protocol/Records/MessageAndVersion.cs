namespace Barnabas.Protocol;

/// <summary>A record's message with the version it is, or was, written in.</summary>
public readonly record struct MessageAndVersion(IRecordMessage Message, short Version);
