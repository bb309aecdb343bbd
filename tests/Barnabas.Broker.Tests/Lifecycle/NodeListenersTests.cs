using Barnabas.Kernel;

namespace Barnabas.Broker.Tests;

public sealed class NodeListenersTests
{
    [Theory]
    [InlineData(1_048_576)]
    [InlineData(104_857_600)]
    [InlineData(200_000_000)]
    [InlineData((1 << 29) - 4)]
    public void The_largest_request_that_is_allowed_fits_into_a_buffer(int requestBytesMax)
    {
        ConnectionLimits limits = new() { RequestBytesMax = requestBytesMax };

        BufferPoolOptions options = NodeListeners.PartialsFor(limits);

        Assert.True(options.BufferBytesMax >= requestBytesMax + sizeof(int));
        Assert.True(options.BufferBytesMax <= options.LimitBytes);
    }
}
