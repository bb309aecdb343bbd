namespace Barnabas.Kernel;

/// <summary>
/// A file with several users: its segment, and replies that are being sent from it. The file is closed when the last
/// gives it back, so that deletion and truncation never pull it away under a reader. From any thread.
/// </summary>
public sealed class SharedDiskFile(IDiskFile file)
{
    private int _users = 1;

    public IDiskFile File { get; } = file;

    /// <summary>Becomes one more user; false if the last user has already left.</summary>
    public bool TryAcquire()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    /// <summary>Gives back one use; the last one closes the file.</summary>
    public void Release()
    {
        int users = Interlocked.Decrement(ref _users);
        Invariant.That(users >= 0);
        if (users == 0)
        {
            File.Dispose();
        }
    }
}
