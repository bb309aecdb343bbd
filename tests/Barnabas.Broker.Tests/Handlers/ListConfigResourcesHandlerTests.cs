using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

public sealed class ListConfigResourcesHandlerTests
{
    private static readonly MetadataImage Image = WithConfigs(
        (ConfigResourceType.Group, "readers", "consumer.session.timeout.ms", "45001"),
        (ConfigResourceType.ClientMetrics, "all", "interval.ms", "30000"));

    [Theory]
    [InlineData(0, new sbyte[0], "all")]
    [InlineData(1, new sbyte[0], "all,readers")]
    [InlineData(1, new sbyte[] { 32 }, "readers")]
    [InlineData(1, new sbyte[] { 2, 4 }, "")]
    public void Groups_and_client_metrics_are_listed_while_they_have_something_set(
        short version, sbyte[] types, string names)
    {
        ListConfigResourcesResponse response = List(version, types);

        Assert.Equal(ErrorCode.None, (ErrorCode)response.ErrorCode);
        Assert.Equal(names, string.Join(',', response.ConfigResources.Select(static listed => listed.ResourceName)));
    }

    [Fact]
    public void An_unknown_type_is_refused() =>
        Assert.Equal(ErrorCode.UnsupportedVersion, (ErrorCode)List(1, [32, 3]).ErrorCode);

    private static ListConfigResourcesResponse List(short version, sbyte[] types) =>
        ListConfigResourcesHandler.List(
            Image, "PLAINTEXT", new ListConfigResourcesRequest { ResourceTypes = [.. types] }, version);

    private static MetadataImage WithConfigs(
        params (ConfigResourceType Type, string Name, string Key, string Value)[] configs)
    {
        var replay = new MetadataReplay(MetadataImage.Empty);
        long offset = 0;
        foreach ((ConfigResourceType type, string name, string key, string value) in configs)
        {
            ConfigRecord record = new() { ResourceType = (sbyte)type, ResourceName = name, Name = key, Value = value };
            replay.Replay(record, offset++, epoch: 1, timestampMs: 0);
        }

        Assert.NotNull(replay.Publish());
        return replay.Image;
    }
}
