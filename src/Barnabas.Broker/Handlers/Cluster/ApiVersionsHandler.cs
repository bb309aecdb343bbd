using System.Collections.Immutable;

using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// ApiVersions (18): what this listener serves, and the features of the cluster. Version 3 names the client's software
/// (KIP-511), version 4 shows the features whose lowest level is 0 too, version 5 lets a client say which cluster and
/// node it expects (KIP-1242). A version from the future is answered in the form of version 0, so that the client can
/// choose anew.
/// </summary>
internal sealed class ApiVersionsHandler(ClusterView cluster, RequestDispatcher dispatcher) : RequestHandler
{
    /// <summary>
    /// librdkafka decides from the presence of Produce 0 whether compression can be used (KAFKA-18659): 0-2 are shown
    /// although they are refused.
    /// </summary>
    private const short LowestProduceVersionShown = 0;

    private static readonly System.Buffers.SearchValues<char> SoftwareCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");

    public override ApiKey Api => ApiKey.ApiVersions;

    public override bool Handle(Request request, Span<byte> frame, int bodyStart)
    {
        if (request.Version < LowestVersion || request.Version > HighestVersion)
        {
            RefuseVersion(request);
            return true;
        }

        KafkaReader reader = new(frame[bodyStart..]);
        ApiVersionsRequest message = new();
        message.Read(ref reader, request.Version);
        if (reader.Failed)
        {
            return false;
        }

        if (request.Version >= 3)
        {
            if (!IsSoftwareText(message.ClientSoftwareName) || !IsSoftwareText(message.ClientSoftwareVersion))
            {
                request.Reply(new ApiVersionsResponse { ErrorCode = (short)ErrorCode.InvalidRequest });
                return true;
            }

            request.Connection.ClientSoftware = $"{message.ClientSoftwareName}/{message.ClientSoftwareVersion}";
        }

        request.Reply(ExpectsOther(message)
            ? new ApiVersionsResponse { ErrorCode = (short)ErrorCode.RebootstrapRequired }
            : Describe(request.Version));
        return true;
    }

    /// <summary>Letters and digits, with dashes and dots only between them.</summary>
    internal static bool IsSoftwareText(string text) =>
        text.Length > 0
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && !text.AsSpan().ContainsAnyExcept(SoftwareCharacters);

    private bool ExpectsOther(ApiVersionsRequest message) =>
        (message.ClusterId is { } clusterId && clusterId != cluster.ClusterId)
        || (message.NodeId >= 0 && message.NodeId != cluster.Self.Value);

    private void RefuseVersion(Request request)
    {
        ApiVersionsResponse response = new() { ErrorCode = (short)ErrorCode.UnsupportedVersion };
        response.ApiKeys.Add(new ApiVersionsResponse.ApiVersion
        {
            ApiKey = (short)ApiKey.ApiVersions,
            MinVersion = LowestVersion,
            MaxVersion = HighestVersion,
        });
        request.ReplyAs(response, version: 0);
    }

    internal ApiVersionsResponse Describe(short version)
    {
        ApiVersionsResponse response = new();
        foreach (RequestHandler handler in dispatcher.Handlers)
        {
            response.ApiKeys.Add(new ApiVersionsResponse.ApiVersion
            {
                ApiKey = (short)handler.Api,
                MinVersion = handler.Api == ApiKey.Produce ? LowestProduceVersionShown : handler.LowestVersion,
                MaxVersion = handler.HighestVersion,
            });
        }

        foreach ((string name, VersionRange range) in cluster.SupportedFeatures)
        {
            // Clients before version 4 fail on a lowest level of 0 (KAFKA-17492).
            if (version < 4 && range.Min == 0)
            {
                continue;
            }

            response.SupportedFeatures.Add(new ApiVersionsResponse.SupportedFeatureKey
            {
                Name = name,
                MinVersion = range.Min,
                MaxVersion = range.Max,
            });
        }

        MetadataImage image = cluster.Image;
        response.FinalizedFeaturesEpoch = image.Offset;
        foreach ((string name, short level) in FinalizedFeatures(image))
        {
            response.FinalizedFeatures.Add(new ApiVersionsResponse.FinalizedFeatureKey
            {
                Name = name,
                MinVersionLevel = level,
                MaxVersionLevel = level,
            });
        }

        return response;
    }

    private static ImmutableSortedDictionary<string, short> FinalizedFeatures(MetadataImage image) =>
        image.Version is { } version
            ? image.Features.SetItem(MetadataVersion.FeatureName, version.Level)
            : image.Features;
}
