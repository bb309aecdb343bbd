namespace Barnabas.Storage;

/// <summary>
/// A log directory must not be used by this node: it is another's, not formatted, or in use. The message says which and
/// what to do; the node does not start.
/// </summary>
public sealed class LogDirectoryException(string message) : Exception(message);
