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

    /// <summary>
    /// The network would like another reactor to serve this connection. True lets go of everything that belongs to this
    /// one (timers, memory, work under way) and is followed by <see cref="OnMoved"/> or <see cref="OnClosed"/>, on the
    /// other reactor. False, or a handler that does not say, stays.
    /// </summary>
    bool TryLeave() => false;

    /// <summary>After <see cref="TryLeave"/>: the connection's reactor is another one now, and is calling.</summary>
    void OnMoved()
    {
    }
}
