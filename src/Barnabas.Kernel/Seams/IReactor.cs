using System.Net;

namespace Barnabas.Kernel;

/// <summary>
/// A mailbox that also serves connections. Requests run to completion here, on the thread that received them.
/// </summary>
public interface IReactor : IMailbox
{
    /// <summary>Opens a connection that will be served by this reactor. From any thread.</summary>
    void Connect(IPEndPoint remote, IConnectionAcceptor acceptor);
}
