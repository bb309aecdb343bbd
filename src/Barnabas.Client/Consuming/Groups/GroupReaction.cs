namespace Barnabas.Client;

/// <summary>What a member of a classic group does after an answer of its coordinator.</summary>
internal enum GroupReaction
{
    /// <summary>Go on: the answer was what was hoped for.</summary>
    Proceed,

    /// <summary>Ask the same again after a pause.</summary>
    Repeat,

    /// <summary>The coordinator is elsewhere or gone: find it, then ask again.</summary>
    FindCoordinator,

    /// <summary>Join the next generation as the same member.</summary>
    Rejoin,

    /// <summary>The group does not know this member any more: its partitions are lost; join as a new one.</summary>
    RejoinAsNew,

    /// <summary>Nothing can be done here: tell the application.</summary>
    Fail,
}
