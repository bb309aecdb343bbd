using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

public sealed class EndpointTypesTests
{
    [Theory]
    [InlineData(1, 1, 1, null)]
    [InlineData(2, 2, 1, null)]
    [InlineData(1, 2, 1, ErrorCode.MismatchedEndpointType)]
    [InlineData(2, 1, 1, ErrorCode.MismatchedEndpointType)]
    [InlineData(2, 1, 0, ErrorCode.InvalidRequest)]
    [InlineData(1, 3, 1, ErrorCode.UnsupportedEndpointType)]
    [InlineData(1, 0, 2, ErrorCode.UnsupportedEndpointType)]
    public void Each_listener_describes_its_own_kind(sbyte served, sbyte asked, short version, ErrorCode? error)
    {
        DescribeClusterResponse? refusal = EndpointTypes.Refuse(served, asked, version);

        Assert.Equal((short?)error, refusal?.ErrorCode);
    }
}
