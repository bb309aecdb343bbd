namespace Barnabas.Kernel;

/// <summary>Decides about new connections.</summary>
public interface IConnectionAcceptor
{
    /// <summary>
    /// A connection was accepted or established; called on its reactor. Null refuses it: it is closed without a byte.
    /// </summary>
    IConnectionHandler? Accept(IConnection connection);

    /// <summary>An outgoing connection could not be made. Never called for listeners.</summary>
    void ConnectFailed(string reason)
    {
    }
}
