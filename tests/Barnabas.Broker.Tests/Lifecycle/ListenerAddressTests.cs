using System.Net;
using System.Net.Sockets;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>Which addresses of the machine a listener takes connections on.</summary>
public sealed class ListenerAddressTests
{
    [Fact]
    public void A_listener_without_a_host_takes_both_families()
    {
        using TestNode node = TestNode.Start("listeners=PLAINTEXT://:0,CONTROLLER://127.0.0.1:0");
        AssertServed(node.Port, IPAddress.Loopback);
        if (Socket.OSSupportsIPv6)
        {
            AssertServed(node.Port, IPAddress.IPv6Loopback);
        }
    }

    [Fact]
    public void A_listener_on_all_addresses_of_IPv4_takes_no_others()
    {
        using TestNode node = TestNode.Start(
            """
            listeners=PLAINTEXT://0.0.0.0:0,CONTROLLER://127.0.0.1:0
            advertised.listeners=PLAINTEXT://localhost:9092
            """);
        AssertServed(node.Port, IPAddress.Loopback);
        Assert.Throws<SocketException>(() => RawConnection.To(node.Port, address: IPAddress.IPv6Loopback));
    }

    [Fact]
    public void A_listener_takes_an_address_of_IPv6()
    {
        if (Socket.OSSupportsIPv6)
        {
            using TestNode node = TestNode.Start("listeners=PLAINTEXT://[::1]:0,CONTROLLER://127.0.0.1:0");
            AssertServed(node.Port, IPAddress.IPv6Loopback);
            Assert.Throws<SocketException>(() => RawConnection.To(node.Port));
        }
    }

    private static void AssertServed(int port, IPAddress address)
    {
        using RawConnection connection = RawConnection.To(port, address: address);
        Assert.Equal(0, connection.Ask<ApiVersionsResponse>(new ApiVersionsRequest(), 0).ErrorCode);
    }
}
