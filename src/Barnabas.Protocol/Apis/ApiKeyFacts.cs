namespace Barnabas.Protocol;

/// <summary>
/// What the schemas say about an api key. Which versions a node advertises is the node's own decision.
/// </summary>
/// <param name="HighestVersion">The newest version there is, stable or not.</param>
/// <param name="HighestStableVersion">The newest version served unless unstable ones are switched on.</param>
/// <param name="ClusterAction">Whether only peers of the cluster may ask it.</param>
/// <param name="Forwardable">Whether a broker passes it on to the active controller.</param>
/// <param name="Retired">True for the four keys of the ZooKeeper era, which no node of a KRaft cluster serves.</param>
public sealed record ApiKeyFacts(
    ApiKey Key,
    string Name,
    short LowestVersion,
    short HighestVersion,
    short HighestStableVersion,
    short FirstFlexibleRequestVersion,
    short FirstFlexibleResponseVersion,
    ApiListeners Listeners,
    bool ClusterAction,
    bool Forwardable,
    bool Retired)
{
    public bool Supports(short version) => version >= LowestVersion && version <= HighestVersion;

    /// <summary>The version of <see cref="RequestHeader"/> before a request of this version.</summary>
    public short RequestHeaderVersion(short version)
    {
        // The first ControlledShutdown came before headers named the client.
        if (Key == ApiKey.ControlledShutdown && version == 0)
        {
            return 0;
        }

        return version >= FirstFlexibleRequestVersion ? (short)2 : (short)1;
    }

    /// <summary>The version of <see cref="ResponseHeader"/> before a response of this version.</summary>
    public short ResponseHeaderVersion(short version)
    {
        // KIP-511: a client that asked in a version unknown here must still be able to read the answer.
        if (Key == ApiKey.ApiVersions)
        {
            return 0;
        }

        return version >= FirstFlexibleResponseVersion ? (short)1 : (short)0;
    }
}
