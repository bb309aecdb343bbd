using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

public sealed class ApiVersionsHandlerTests
{
    private readonly ApiVersionsHandler _handler = new(
        new ClusterView("cluster", new BrokerId(1), [.. Feature.SupportedByThisSoftware()]),
        new RequestDispatcher());

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Features_that_may_be_off_are_told_from_version_4_on(short version, bool isTold)
    {
        ApiVersionsResponse response = _handler.Describe(version);

        Assert.Contains(response.SupportedFeatures, static f => f.Name == "metadata.version" && f.MinVersion > 0);
        Assert.Equal(isTold, response.SupportedFeatures.Exists(static f => f.Name == "kraft.version"));
        Assert.Equal(isTold, response.SupportedFeatures.Exists(static f => f.MinVersion == 0));
    }
}
