using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>A blocking client socket that sends any bytes and takes replies one by one.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket;

    private RawConnection(Socket socket)
    {
        _socket = socket;
    }

    public Socket Socket => _socket;

    public static RawConnection To(int port, int? receiveBufferBytes = null, IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes is { } bytes)
        {
            socket.ReceiveBufferSize = bytes;
        }

        socket.ReceiveTimeout = 30_000;
        socket.SendTimeout = 30_000;
        socket.Connect(address, port);
        return new RawConnection(socket);
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    /// <summary>The next reply without its length; null if the node closed the connection instead.</summary>
    public byte[]? Receive()
    {
        byte[]? size = Take(sizeof(int));
        return size is null ? null : Take(BinaryPrimitives.ReadInt32BigEndian(size));
    }

    /// <summary>Sends one request and decodes its reply.</summary>
    public TResponse Ask<TResponse>(IApiMessage request, short version, int correlationId = 7)
        where TResponse : class, IApiMessage, new()
    {
        Send(Wire.Frame(request, version, correlationId));
        byte[]? reply = Receive();
        Assert.True(reply is not null, $"The connection was closed on {request.ApiKey}.");
        return Wire.Decode<TResponse>(reply, version, correlationId);
    }

    /// <summary>True if the node closed the connection without sending anything more.</summary>
    public bool IsClosedByNode() => Take(1) is null;

    public void Dispose() => _socket.Dispose();

    private byte[]? Take(int count)
    {
        byte[] bytes = new byte[count];
        int at = 0;
        while (at < count)
        {
            int received;
            try
            {
                received = _socket.Receive(bytes, at, count - at, SocketFlags.None);
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionReset)
            {
                return null;
            }

            if (received == 0)
            {
                return null;
            }

            at += received;
        }

        return bytes;
    }
}
