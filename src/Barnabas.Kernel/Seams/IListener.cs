using System.Net;

namespace Barnabas.Kernel;

/// <summary>An open listening socket. Disposing it stops accepting; accepted connections live on.</summary>
public interface IListener : IDisposable
{
    /// <summary>The address with the port the system chose if 0 was asked for.</summary>
    IPEndPoint Local { get; }
}
