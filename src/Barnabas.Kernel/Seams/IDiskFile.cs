namespace Barnabas.Kernel;

/// <summary>
/// An open file. Calls block and throw <see cref="DiskException"/>. Reads may come from any thread at any time; writes,
/// <see cref="SetLength"/> and <see cref="Reserve"/> are the business of one writer at a time.
/// </summary>
public interface IDiskFile : IDisposable
{
    /// <summary>What <see cref="ReadNow"/> returns instead of a count.</summary>
    const int WouldWait = -1;

    string Path { get; }

    /// <summary>The length in bytes now, as the file system knows it.</summary>
    long Length { get; }

    /// <summary>Fills <paramref name="destination"/> from a position; a smaller result means the file ended.</summary>
    int Read(Span<byte> destination, long position);

    /// <summary>
    /// As <see cref="Read"/>, but <see cref="WouldWait"/> where the device would have to be waited for. A file that
    /// cannot tell waits.
    /// </summary>
    int ReadNow(Span<byte> destination, long position) =>
        IsResident(position, destination.Length) ? Read(destination, position) : WouldWait;

    /// <summary>Writes all bytes at a position or throws; after a throw any prefix of them may have been
    /// written.</summary>
    void Write(ReadOnlySpan<byte> source, long position);

    void SetLength(long length);

    /// <summary>
    /// Reserves blocks up to a length without changing the file's length, so that running out of space shows here and
    /// not in the middle of a write. Harmless where the file system cannot.
    /// </summary>
    void Reserve(long length);

    /// <summary>
    /// Makes the bytes and the length durable. After a throw nothing about unsynced bytes is known: the caller takes
    /// the log directory offline and never asks again (the kernel may have dropped the dirty pages).
    /// </summary>
    void Sync();

    /// <summary>
    /// Writes what is dirty to the device, a little at a time, so that others who need the device wait for little.
    /// Makes nothing durable: it leaves a <see cref="Sync"/> that follows little to do, and fails as that does.
    /// </summary>
    void WriteOut();

    /// <summary>True if the bytes lie in memory, so that reading them will not wait for the device. A hint.</summary>
    bool IsResident(long position, int count);
}
