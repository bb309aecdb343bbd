namespace Barnabas.Broker;

/// <summary>A request that waits for something (records, followers, a flush) and is not answered yet.</summary>
internal interface IParkedRequest
{
    /// <summary>
    /// The connection is gone: stop waiting, give everything back and end the request without a reply. On the
    /// connection's reactor.
    /// </summary>
    void Cancel();
}
