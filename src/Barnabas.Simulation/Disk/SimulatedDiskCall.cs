namespace Barnabas.Simulation;

/// <summary>Kinds of calls that can be made to fail.</summary>
public enum SimulatedDiskCall
{
    Read,

    /// <summary>Writing, setting the length, reserving.</summary>
    Write,
    Sync,

    /// <summary>Opening, making, renaming, deleting, syncing a directory.</summary>
    Names,
}
