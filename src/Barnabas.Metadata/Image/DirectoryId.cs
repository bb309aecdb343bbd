using Barnabas.Kernel;

namespace Barnabas.Metadata;

/// <summary>The reserved ids among log directory ids (KIP-858). None below 100 is drawn for a real directory.</summary>
public static class DirectoryId
{
    /// <summary>The replica has a directory, but no record ever told which; it counts as online.</summary>
    public static Uuid Migrating => Uuid.Zero;

    /// <summary>The broker will choose a directory; it counts as online.</summary>
    public static Uuid Unassigned => new(0, 1);

    /// <summary>The replica lies in a directory that is not online.</summary>
    public static Uuid Lost => new(0, 2);

    public static bool IsReserved(Uuid id) => id.MostSignificant == 0 && id.LeastSignificant < 100;
}
