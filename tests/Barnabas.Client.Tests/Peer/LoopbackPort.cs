using System.Net;
using System.Net.Sockets;

namespace Barnabas.Client.Tests;

/// <summary>
/// Ports for servers that are stopped and started again: below those that the system gives out by itself, so that
/// nobody has them in between.
/// </summary>
internal static class LoopbackPort
{
    public static int Free(int from)
    {
        for (int port = from; port < 32_768; port++)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }

        throw new InvalidOperationException("no free port");
    }
}
