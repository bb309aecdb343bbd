namespace Barnabas.Protocol;

/// <summary>Which kind of listener serves an api.</summary>
[Flags]
public enum ApiListeners
{
    None = 0,
    Broker = 1,
    Controller = 2,

    /// <summary>A broker of the ZooKeeper era; only retired keys name it.</summary>
    ZkBroker = 4,
}
