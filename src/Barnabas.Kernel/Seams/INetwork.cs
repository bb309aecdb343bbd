using System.Net;

namespace Barnabas.Kernel;

/// <summary>The network of a node: its reactors and its listeners.</summary>
public interface INetwork
{
    IReadOnlyList<IReactor> Reactors { get; }

    /// <summary>
    /// Accepts connections and deals them out to the reactors. Throws <see cref="NetworkException"/> if the
    /// address cannot be had (in use, not local, no permission). <c>IPv6Any</c> is every address of both families. From
    /// any thread.
    /// </summary>
    IListener Listen(IPEndPoint local, IConnectionAcceptor acceptor);
}
