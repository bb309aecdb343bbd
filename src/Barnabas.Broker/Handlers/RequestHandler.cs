using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// Answers the requests of one api. One instance serves all reactors; what it needs per reactor comes from
/// <see cref="ReactorWorkspace.Scratch{T}"/>. It runs on the connection's reactor and never blocks.
/// </summary>
internal abstract class RequestHandler
{
    public abstract ApiKey Api { get; }

    /// <summary>The lowest version that is served and advertised.</summary>
    public virtual short LowestVersion => ApiKeys.Get(Api).LowestVersion;

    /// <summary>The highest version that is served and advertised; unstable versions are not.</summary>
    public virtual short HighestVersion => ApiKeys.Get(Api).HighestStableVersion;

    /// <summary>
    /// Handles a request whose body starts at <paramref name="bodyStart"/> in <paramref name="frame"/>. The frame is
    /// valid until the call returns and may be changed in place. False if the body cannot be read: the connection is
    /// closed.
    /// </summary>
    public abstract bool Handle(Request request, Span<byte> frame, int bodyStart);
}
