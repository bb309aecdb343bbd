namespace Barnabas.Protocol;

/// <summary>A message was to be written in a version that cannot carry it.</summary>
public sealed class UnsupportedVersionException : Exception
{
    public UnsupportedVersionException()
    {
    }

    public UnsupportedVersionException(string message)
        : base(message)
    {
    }

    public UnsupportedVersionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
