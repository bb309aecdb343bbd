namespace Barnabas.Client;

/// <summary>Which records of transactions a consumer sees (KIP-98).</summary>
public enum IsolationLevel : sbyte
{
    /// <summary>All, up to the high watermark, those of aborted transactions too.</summary>
    ReadUncommitted = 0,

    /// <summary>Only what is committed, up to the last stable offset.</summary>
    ReadCommitted = 1,
}
