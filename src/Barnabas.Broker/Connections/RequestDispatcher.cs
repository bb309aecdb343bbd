using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>The handlers of a listener by api key. Immutable once the listener is open.</summary>
internal sealed class RequestDispatcher
{
    private readonly RequestHandler?[] _byKey = new RequestHandler?[128];

    /// <summary>The handlers in order of their api keys: what ApiVersions advertises.</summary>
    public IEnumerable<RequestHandler> Handlers
    {
        get
        {
            foreach (RequestHandler? handler in _byKey)
            {
                if (handler is not null)
                {
                    yield return handler;
                }
            }
        }
    }

    public void Add(RequestHandler handler)
    {
        Invariant.That(_byKey[(int)handler.Api] is null);
        _byKey[(int)handler.Api] = handler;
    }

    /// <summary>
    /// The handler for a request, or null if it must be refused. ApiVersions is handled in every version: a client
    /// cannot know which one is right before it has asked (KIP-35).
    /// </summary>
    public RequestHandler? Find(ApiKey api, short version)
    {
        if ((uint)api >= (uint)_byKey.Length || _byKey[(int)api] is not { } handler)
        {
            return null;
        }

        bool served = version >= handler.LowestVersion && version <= handler.HighestVersion;
        return served || api == ApiKey.ApiVersions ? handler : null;
    }
}
