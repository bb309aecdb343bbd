namespace Barnabas.Broker;

/// <summary>Formatting was refused; the message is for the person who asked, and nothing was written.</summary>
public sealed class StorageFormatException(string message) : Exception(message);
