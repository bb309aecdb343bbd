namespace Barnabas.Configuration;

/// <summary>What a node does.</summary>
[Flags]
public enum ProcessRoles
{
    None = 0,
    Broker = 1,
    Controller = 2,
}
