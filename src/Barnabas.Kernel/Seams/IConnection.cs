using System.Net;

namespace Barnabas.Kernel;

/// <summary>
/// A stream connection as its reactor sees it: nothing here waits. Only from the reactor, but for
/// <see cref="Reactor"/>, <see cref="Id"/> and the addresses. It begins with readable notifications on and writable
/// ones off. A call that ends as <see cref="IoStatus.Closed"/> has closed the connection, so a handler may simply
/// return.
/// </summary>
public interface IConnection
{
    /// <summary>
    /// The reactor that serves this connection. It changes only if the handler lets go of it
    /// (<see cref="IConnectionHandler.TryLeave"/>): what another thread posts there may come a moment too late.
    /// </summary>
    IReactor Reactor { get; }

    /// <summary>Unique within the process.</summary>
    long Id { get; }

    IPEndPoint Local { get; }

    IPEndPoint Remote { get; }

    /// <summary>Takes what has arrived, at most the length of <paramref name="destination"/>.</summary>
    IoResult Receive(Span<byte> destination);

    /// <summary>
    /// Hands bytes to the kernel; the result may be a part of them. <paramref name="more"/> promises that more follows
    /// at once, so that small pieces share a packet.
    /// </summary>
    IoResult Send(ReadOnlySpan<byte> source, bool more = false);

    /// <summary>
    /// Sends bytes of a file without copying them through this process where the system can. A result of
    /// <see cref="IoStatus.Done"/> with count 0 means the file ended before <paramref name="position"/>.
    /// </summary>
    IoResult SendFile(IDiskFile file, long position, int count);

    /// <summary>Asks for <see cref="IConnectionHandler.OnWritable"/> when the kernel takes bytes again; ends when
    /// off.</summary>
    void NotifyWhenWritable(bool on);

    /// <summary>
    /// Stops or restarts <see cref="IConnectionHandler.OnReadable"/>. When restarted with bytes already there, the call
    /// comes by itself.
    /// </summary>
    void NotifyWhenReadable(bool on);

    /// <summary>
    /// Closes at once: later calls end as <see cref="IoStatus.Closed"/>. Bytes already taken are still sent.
    /// <see cref="IConnectionHandler.OnClosed"/> follows, exactly once, on the reactor, but never within this call.
    /// </summary>
    void Close();
}
