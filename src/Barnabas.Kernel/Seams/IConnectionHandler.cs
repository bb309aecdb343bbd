namespace Barnabas.Kernel;

/// <summary>What a connection does. All calls come on the connection's reactor.</summary>
public interface IConnectionHandler
{
    /// <summary>
    /// There are bytes, or the end of the stream. Level-triggered: while bytes remain, the call comes again in a later
    /// turn, so a handler may take a bounded portion and return.
    /// </summary>
    void OnReadable();

    /// <summary>The kernel takes bytes again, after <see cref="IConnection.NotifyWhenWritable"/>.</summary>
    void OnWritable();

    /// <summary>The connection is gone, by either side. The last call. Resources are given back here.</summary>
    void OnClosed();
}
