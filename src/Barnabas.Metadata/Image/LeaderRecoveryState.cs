namespace Barnabas.Metadata;

/// <summary>Whether the leader's log may lack committed records because it was not elected from the ISR
/// (KIP-704).</summary>
public enum LeaderRecoveryState : byte
{
    /// <summary>Elected from the ISR, or recovered since.</summary>
    Recovered = 0,

    /// <summary>Elected uncleanly; the ISR stays at the leader alone until it has recovered.</summary>
    Recovering = 1,
}
