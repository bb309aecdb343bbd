using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// Files and directories that were renamed out of the way and go after <c>file.delete.delay.ms</c>, so that readers who
/// just opened them come to an end. Bounded by what is on the disk; what a crash leaves is found at the next start.
/// </summary>
internal sealed class DeletionQueue(IDisk disk)
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<(string Path, bool IsDirectory), long> _due = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _due.Count;
            }
        }
    }

    public void Add(string path, bool isDirectory, long dueMs)
    {
        lock (_gate)
        {
            _due.Enqueue((path, isDirectory), dueMs);
        }
    }

    /// <summary>Removes what is due; returns how many names went. Blocks.</summary>
    public int RemoveDue(long nowMs)
    {
        int removed = 0;
        while (TryTake(nowMs, out (string Path, bool IsDirectory) item))
        {
            if (item.IsDirectory)
            {
                disk.DeleteDirectory(item.Path);
            }
            else if (disk.FileExists(item.Path))
            {
                // Its directory may have been renamed since; then it goes with that.
                disk.DeleteFile(item.Path);
            }

            removed++;
        }

        return removed;
    }

    private bool TryTake(long nowMs, out (string Path, bool IsDirectory) item)
    {
        lock (_gate)
        {
            bool due = _due.TryPeek(out item, out long at) && at <= nowMs;
            return due && _due.TryDequeue(out item, out _);
        }
    }
}
