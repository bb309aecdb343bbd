using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>What DescribeCluster can be asked for (KIP-919). Each listener answers for its own kind.</summary>
internal static class EndpointTypes
{
    public const sbyte Brokers = 1;
    public const sbyte Controllers = 2;

    /// <summary>The refusal of a request for another kind than is served here; null if it fits.</summary>
    public static DescribeClusterResponse? Refuse(sbyte served, sbyte asked, short version)
    {
        if (asked == served)
        {
            return null;
        }

        bool isKnown = asked is Brokers or Controllers;
        // Version 0 has no such field: its clients know neither code.
        ErrorCode error = version == 0 ? ErrorCode.InvalidRequest
            : isKnown ? ErrorCode.MismatchedEndpointType
            : ErrorCode.UnsupportedEndpointType;
        return new DescribeClusterResponse
        {
            ErrorCode = (short)error,
            ErrorMessage = isKnown
                ? $"This listener describes nodes of type {Name(served)}; it was asked for {Name(asked)}"
                : $"Unsupported endpoint type {asked}",
        };
    }

    private static string Name(sbyte type) => type == Brokers ? "BROKER" : "CONTROLLER";
}
