using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>Making and naming sockets: what happens once per connection or listener.</summary>
internal static unsafe class SocketCalls
{
    private const int FamilyV4 = 2;
    private const int FamilyV6 = 10;
    private const int AddressBytesMax = 28;
    private const int StreamNonBlockingCloseOnExec = 1 | 0x800 | 0x80000;
    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    private const int LevelSocket = 1;
    private const int LevelTcp = 6;
    private const int LevelV6 = 41;
    private const int ReuseAddress = 2;
    private const int PendingError = 4;
    private const int SendBuffer = 7;
    private const int ReceiveBuffer = 8;
    private const int KeepAlive = 9;
    private const int NoDelay = 1;
    private const int OnlyV6 = 26;

    /// <summary>A listening socket. Throws <see cref="NetworkException"/> if the address cannot be had.</summary>
    public static int Listen(IPEndPoint local, TransportOptions options)
    {
        local = ListenAddress.On(local, System.Net.Sockets.Socket.OSSupportsIPv6);
        int socket = Open(local);
        byte* address = stackalloc byte[AddressBytesMax];
        int length = Write(local, address);
        SetOption(socket, LevelSocket, ReuseAddress, 1);
        if (local.Address.Equals(IPAddress.IPv6Any))
        {
            // One listener for both families, as Kafka's wildcard listener is.
            SetOption(socket, LevelV6, OnlyV6, 0);
        }

        // Before listen, because the window that a connection offers is fixed by then.
        SetBuffers(socket, options);
        if (Libc.Bind(socket, address, length) < 0 || Libc.Listen(socket, options.Backlog) < 0)
        {
            int error = Errno.Last;
            Libc.Close(socket);
            throw new NetworkException($"cannot listen on {local}: {Errno.Text(error)}");
        }

        return socket;
    }

    /// <summary>A socket that has begun to connect, or -1 and why not.</summary>
    public static int BeginConnect(IPEndPoint remote, TransportOptions options, out string? failure)
    {
        failure = null;
        int socket;
        try
        {
            socket = Open(remote);
        }
        catch (NetworkException refused)
        {
            failure = refused.Message;
            return -1;
        }

        SetBuffers(socket, options);
        byte* address = stackalloc byte[AddressBytesMax];
        int length = Write(remote, address);
        if (Libc.Connect(socket, address, length) < 0 && Errno.Last is var error && error != Errno.InProgress)
        {
            Libc.Close(socket);
            failure = Errno.Text(error);
            return -1;
        }

        return socket;
    }

    /// <summary>How an attempt to connect ended: null if well.</summary>
    public static string? ConnectFailure(int socket)
    {
        int error = 0;
        int length = sizeof(int);
        return Libc.GetOption(socket, LevelSocket, PendingError, &error, &length) < 0
            ? Errno.Text(Errno.Last)
            : error == 0 ? null : Errno.Text(error);
    }

    /// <summary>The next waiting connection, or -1 with the reason in <see cref="Errno.Last"/>.</summary>
    public static int Accept(int listener, out IPEndPoint? remote)
    {
        byte* address = stackalloc byte[AddressBytesMax];
        int length = AddressBytesMax;
        int socket = Libc.Accept(listener, address, &length, NonBlockingCloseOnExec);
        remote = socket < 0 ? null : Read(address);
        return socket;
    }

    public static IPEndPoint LocalOf(int socket)
    {
        byte* address = stackalloc byte[AddressBytesMax];
        int length = AddressBytesMax;
        return Libc.GetLocalAddress(socket, address, &length) < 0
            ? new IPEndPoint(IPAddress.None, 0)
            : Read(address);
    }

    /// <summary>Replies are whole when they are sent, so waiting for more to send only costs time.</summary>
    public static void Prepare(int socket)
    {
        SetOption(socket, LevelTcp, NoDelay, 1);
        SetOption(socket, LevelSocket, KeepAlive, 1);
    }

    private static int Open(IPEndPoint point)
    {
        int family = point.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? FamilyV6 : FamilyV4;
        int socket = Libc.Socket(family, StreamNonBlockingCloseOnExec, 0);
        return socket >= 0
            ? socket
            : throw new NetworkException($"cannot open a socket for {point}: {Errno.Text(Errno.Last)}");
    }

    private static void SetBuffers(int socket, TransportOptions options)
    {
        if (options.SendBufferBytes is { } send)
        {
            SetOption(socket, LevelSocket, SendBuffer, send);
        }

        if (options.ReceiveBufferBytes is { } receive)
        {
            SetOption(socket, LevelSocket, ReceiveBuffer, receive);
        }
    }

    // Options are wishes: a system that refuses one still moves bytes.
    private static void SetOption(int socket, int level, int option, int value) =>
        _ = Libc.SetOption(socket, level, option, &value, sizeof(int));

    // struct sockaddr_in: family, port, address. struct sockaddr_in6: family, port, flow, address, scope.
    private static int Write(IPEndPoint point, byte* address)
    {
        new Span<byte>(address, AddressBytesMax).Clear();
        bool isV6 = point.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        *(ushort*)address = (ushort)(isV6 ? FamilyV6 : FamilyV4);
        address[2] = (byte)(point.Port >> 8);
        address[3] = (byte)point.Port;
        int at = isV6 ? 8 : 4;
        point.Address.TryWriteBytes(new Span<byte>(address + at, AddressBytesMax - at), out _);
        if (isV6)
        {
            *(uint*)(address + 24) = (uint)point.Address.ScopeId;
        }

        return isV6 ? AddressBytesMax : 16;
    }

    private static IPEndPoint Read(byte* address)
    {
        int port = (address[2] << 8) | address[3];
        if (*(ushort*)address == FamilyV4)
        {
            return new IPEndPoint(new IPAddress(new ReadOnlySpan<byte>(address + 4, 4)), port);
        }

        IPAddress v6 = new(new ReadOnlySpan<byte>(address + 8, 16), *(uint*)(address + 24));
        // A v4 peer of a v6 socket is the same host as on a v4 socket, to limits per address above all.
        return new IPEndPoint(v6.IsIPv4MappedToIPv6 ? v6.MapToIPv4() : v6, port);
    }
}
