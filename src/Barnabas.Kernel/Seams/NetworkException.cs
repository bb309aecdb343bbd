namespace Barnabas.Kernel;

/// <summary>A listening address could not be had.</summary>
public sealed class NetworkException(string message) : Exception(message);
