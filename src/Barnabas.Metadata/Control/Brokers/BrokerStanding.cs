namespace Barnabas.Metadata;

/// <summary>Where a broker stands with the controller.</summary>
internal enum BrokerStanding
{
    Fenced,
    Unfenced,
    ControlledShutdown,
    ShutDownNow,
}
