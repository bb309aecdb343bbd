namespace Barnabas.Host;

/// <summary>A node cannot open. The message is a sentence for the operator: what, where, and what helps.</summary>
public sealed class NodeOpenException(string message, Exception? inner = null) : Exception(message, inner);
