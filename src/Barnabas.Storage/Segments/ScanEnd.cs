namespace Barnabas.Storage;

/// <summary>Why a scan of a segment stopped.</summary>
internal enum ScanEnd
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>It reached the given end at a batch boundary.</summary>
    Complete,

    /// <summary>The bytes end within a batch.</summary>
    Partial,

    /// <summary>What lies there is no batch: its length or magic makes no sense.</summary>
    Malformed,

    /// <summary>The next bytes are not in memory, and the scan was not to wait for the device.</summary>
    NotInMemory,
}
