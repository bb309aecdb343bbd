namespace Barnabas.Host;

/// <summary>
/// Where a node is in its life. Only forward: New, Opening, Ready, Closing, Closed; from each of the first three
/// straight to Closed if it fails.
/// </summary>
public enum NodeState
{
    New,

    /// <summary>Directories are checked and logs recovered; clients are not served.</summary>
    Opening,

    Ready,

    Closing,

    Closed,
}
