using Barnabas.Coordination;

namespace Barnabas.Broker;

/// <summary>What group coordination wants to know of a request beside its body.</summary>
internal static class GroupContext
{
    public static RequestContext Of(Request request) =>
        new(request.Version, request.ClientId ?? string.Empty, request.Connection.ClientHost);
}
