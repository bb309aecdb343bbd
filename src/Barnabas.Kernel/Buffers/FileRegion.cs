namespace Barnabas.Kernel;

/// <summary>
/// Bytes of a log segment that a reply will carry. Whoever holds a region has acquired its file once and releases it
/// once.
/// </summary>
public readonly record struct FileRegion(SharedDiskFile File, long Position, int Count);
