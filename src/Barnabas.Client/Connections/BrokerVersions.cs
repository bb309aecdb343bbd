using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>The versions that one broker speaks, as its ApiVersions answer says. Immutable.</summary>
internal sealed class BrokerVersions
{
    private readonly Dictionary<short, (short Lowest, short Highest)> _ranges = [];

    public BrokerVersions(ApiVersionsResponse response)
    {
        foreach (ApiVersionsResponse.ApiVersion range in response.ApiKeys)
        {
            _ranges[range.ApiKey] = (range.MinVersion, range.MaxVersion);
        }
    }

    public bool Knows(ApiKey key) => _ranges.ContainsKey((short)key);

    /// <summary>
    /// The highest version that both sides speak and that is not above <paramref name="highest"/>.
    /// </summary>
    /// <exception cref="KafkaException"><see cref="ErrorCode.UnsupportedVersion"/>: there is none.</exception>
    public short Pick(ApiKey key, short highest = short.MaxValue)
    {
        ApiKeyFacts facts = ApiKeys.Get(key);
        if (_ranges.TryGetValue((short)key, out (short Lowest, short Highest) range))
        {
            short version = Math.Min(Math.Min(highest, facts.HighestStableVersion), range.Highest);
            if (version >= range.Lowest && version >= facts.LowestVersion)
            {
                return version;
            }
        }

        throw new KafkaException(
            ErrorCode.UnsupportedVersion, $"the broker has no version of {facts.Name} that this client speaks");
    }
}
