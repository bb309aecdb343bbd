namespace Barnabas.Storage;

/// <summary>
/// Where a log leaves the files that are to go after <c>file.delete.delay.ms</c>: in its directory's queue, or nowhere
/// when it is examined off line.
/// </summary>
internal interface IDeferredDeletion
{
    /// <summary>Removes a file, already renamed, not before this time.</summary>
    void DeleteFileAt(string path, long dueMs);
}
