using System.Text;

namespace Barnabas.Protocol.Tests;

public sealed class RequestFrameTests
{
    [Fact]
    public void Every_key_and_version_is_found_behind_its_header()
    {
        foreach (ApiKeyFacts api in ApiKeys.All)
        {
            for (short version = api.LowestVersion; version <= api.HighestVersion; version++)
            {
                RequestHeader header = new()
                {
                    RequestApiKey = (short)api.Key,
                    RequestApiVersion = version,
                    CorrelationId = 42,
                    ClientId = api.RequestHeaderVersion(version) >= 1 ? "client" : "",
                };
                byte[] bytes = [.. HeaderBytes(header, api.RequestHeaderVersion(version)), 0xAB];
                KafkaReader reader = new(bytes);
                Assert.True(RequestFrame.TryRead(ref reader, out RequestFrame frame));
                Assert.Equal(api.Key, frame.Api.Key);
                Assert.Equal(version, frame.Version);
                Assert.Equal(42, frame.CorrelationId);
                Assert.Equal(header.ClientId, Encoding.UTF8.GetString(frame.ClientId));
                Assert.Equal(1, reader.Remaining);
            }
        }
    }

    /// <summary>The oldest header, which has no schema any more, ends where the client id begins.</summary>
    private static byte[] HeaderBytes(RequestHeader header, short version) =>
        version >= 1 ? header.ToBytes(version) : header.ToBytes(1)[..8];

    [Fact]
    public void M5_a_key_that_nobody_defined_is_no_request()
    {
        KafkaReader reader = new(Convert.FromHexString("03E7" + "0000" + "00000001" + "FFFF"));
        Assert.False(RequestFrame.TryRead(ref reader, out _));
    }

    [Fact]
    public void M6_ApiVersions_is_recognised_in_a_version_that_does_not_exist()
    {
        KafkaReader reader = new(Convert.FromHexString("0012" + "0063" + "00000007" + "FFFF" + "00"));
        Assert.True(RequestFrame.TryRead(ref reader, out RequestFrame frame));
        Assert.Equal(ApiKey.ApiVersions, frame.Api.Key);
        Assert.False(frame.Api.Supports(frame.Version));
        Assert.False(frame.HasClientId);
    }

    [Theory]
    [InlineData("0000")]
    [InlineData("0000000C00000001")]
    [InlineData("0000000C00000001" + "0005" + "61")]
    [InlineData("0000000C00000001" + "FFFF")]
    public void A_header_that_ends_too_early_is_no_request(string hex)
    {
        KafkaReader reader = new(Convert.FromHexString(hex));
        Assert.False(RequestFrame.TryRead(ref reader, out _));
    }

    [Fact]
    public void M11_a_client_id_of_any_negative_length_is_absent()
    {
        KafkaReader reader = new(Convert.FromHexString("0000" + "0003" + "00000001" + "FFFB"));
        Assert.True(RequestFrame.TryRead(ref reader, out RequestFrame frame));
        Assert.False(frame.HasClientId);
    }
}
