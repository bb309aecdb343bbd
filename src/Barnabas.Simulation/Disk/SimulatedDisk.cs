using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>
/// A disk in memory that forgets what it never promised to keep. Works without a world too: one seed, one disk.
/// </summary>
/// <remarks>
/// <para>Fault model of bytes. A write is seen by every reader at once and is safe after the next successful sync of
/// the file. At a loss of power each unsynced page of 4 KiB is, by itself and whatever the order of the writes was,
/// lost, kept, or torn at sectors of 512 bytes. The length is lost, kept, or something between; bytes within the length
/// that never reached the platter read as zeros. The end of a process alone loses nothing.</para>
/// <para>Fault model of names. Making, renaming and removing a name is safe after a sync of its directory. At a loss of
/// power each directory keeps a first part of its unsynced changes, whatever the other directories keep. A rename
/// within a directory is one change. A rename between directories counts as synced in both, because no caller relies on
/// less. Syncing a file does not make its name safe; syncing all below a directory makes bytes and names
/// safe.</para>
/// <para>Fault model of failures. Space runs out when the capacity, which may be changed at any time, is reached; the
/// bytes that still fit are written. Reads, writes, syncs and operations on names fail at random
/// (<see cref="SimulatedDiskFaults"/>) or at a chosen call (<see cref="FailNext"/>). A failed write may have written a
/// first part. After a failed sync a random half of the dirty pages has not been written, and no later sync will do so,
/// though readers still see them: what Linux does. Bits of bytes at rest are flipped on demand.</para>
/// <para>Not modelled: misdirected writes, two disks that share a failure, slowness within a call (the blocking
/// mailboxes of the simulated scheduler stand for it).</para>
/// </remarks>
public sealed class SimulatedDisk : IDisk
{
    private readonly SimulatedRandom _random;
    private readonly SimulatedTrace _trace;
    private readonly TimeProvider? _time;
    private readonly SimulatedNames _names = new();
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private readonly SortedDictionary<SimulatedDiskCall, (int Skip, DiskError Error, string Below)> _planned = [];
    private long _usedPages;
    private int _openFiles;
    private int _powerLosses;
    private long? _callsLeft;

    /// <param name="time">What files are dated by; without it all are of 1970.</param>
    public SimulatedDisk(
        ulong seed, SimulatedDiskOptions? options = null, SimulatedTrace? trace = null, TimeProvider? time = null)
    {
        _time = time;
        options ??= new SimulatedDiskOptions();
        _random = new SimulatedRandom(seed);
        _trace = trace ?? new SimulatedTrace();
        CapacityBytes = options.CapacityBytes;
        OpenFilesMax = options.OpenFilesMax;
        Faults = options.Faults;
    }

    /// <summary>May be changed at any time: less than <see cref="UsedBytes"/> is a full disk.</summary>
    public long CapacityBytes { get; set; }

    /// <summary>May be changed at any time.</summary>
    public SimulatedDiskFaults Faults { get; set; }

    public long UsedBytes => _usedPages * SimulatedInode.PageSize;

    /// <summary>Changes when the power goes, not when a process ends.</summary>
    public string BootId => $"simulated-{_powerLosses}";

    public int OpenFilesMax { get; }

    internal int Process { get; private set; }

    /// <summary>
    /// Lets one call of a kind fail: the next one, or the one after <paramref name="skip"/> others that succeed; of
    /// those that are about a path below <paramref name="below"/> if that is given.
    /// </summary>
    public void FailNext(
        SimulatedDiskCall call, DiskError error = DiskError.Failed, int skip = 0, string below = "") =>
        _planned[call] = (skip, error, below);

    /// <summary>Takes back what <see cref="FailNext"/> planned and no call has met.</summary>
    public void FailNothing() => _planned.Clear();

    /// <summary>
    /// Ends the process in the middle of what it does: after so many more calls that change something, the next one
    /// does a part of its work or nothing and throws <see cref="SimulatedCrashException"/>, and so does every call
    /// after it. Null takes it back.
    /// </summary>
    public void CrashAfter(long? calls) => _callsLeft = calls;

    /// <summary>The machine goes down: what is unsynced is partly lost, open files and locks are gone.</summary>
    public void LosePower()
    {
        _trace.Record(SimulatedTraceKind.DiskCrash, _usedPages);
        _powerLosses++;
        EndProcess();
        _names.LosePower(_random);
        CountAnew();
    }

    /// <summary>The process is gone, and with it its open files and locks; nothing written is lost.</summary>
    public void EndProcess()
    {
        Process++;
        _openFiles = 0;
        _locks.Clear();
        _planned.Clear();
        _callsLeft = null;
        CountAnew();
    }

    /// <summary>Flips one bit of a file's bytes, in memory and on the platter.</summary>
    public void FlipBit(string path, long position, int bit)
    {
        _trace.Record(SimulatedTraceKind.BitFlip, position, bit);
        FindFile(path).FlipBit(position, bit);
    }

    public IDiskFile Open(string path, FileOpening opening)
    {
        Meet(SimulatedDiskCall.Names, path);
        if (_openFiles >= OpenFilesMax)
        {
            throw new DiskException(DiskError.TooManyOpen, path, "too many files are open");
        }

        bool mayCreate = opening is FileOpening.CreateOrKeep or FileOpening.CreateOrTruncate;
        SimulatedInode? inode = _names.Find(path) switch
        {
            SimulatedInode file => file,
            null => null,
            _ => throw new DiskException(DiskError.Failed, path, "the path is a directory"),
        };
        if (inode is null)
        {
            if (!mayCreate)
            {
                throw new DiskException(DiskError.NotFound, path, "the file does not exist");
            }

            inode = new SimulatedInode { Users = 1, ModifiedMs = _time?.UnixMilliseconds ?? 0 };
            (SimulatedDirectory parent, string name) = _names.ParentOf(path);
            parent.Change(name, inode);
        }
        else if (opening == FileOpening.CreateOrTruncate)
        {
            Resize(inode, () => inode.SetLength(0));
        }

        inode.Users++;
        _openFiles++;
        _trace.Record(SimulatedTraceKind.FileOpen, path);
        return new SimulatedFile(this, path, inode, opening != FileOpening.Read, Process);
    }

    public bool FileExists(string path) => _names.Find(path) is SimulatedInode;

    public bool DirectoryExists(string path) => _names.Find(path) is SimulatedDirectory;

    public long LastModifiedMs(string path) => FindFile(path).ModifiedMs;

    public void CreateDirectory(string path)
    {
        Meet(SimulatedDiskCall.Names, path);
        _names.CreateDirectories(path);
    }

    public void DeleteFile(string path)
    {
        Meet(SimulatedDiskCall.Names, path);
        switch (_names.Find(path))
        {
            case null:
                break;
            case SimulatedDirectory:
                throw new DiskException(DiskError.Failed, path, "the path is a directory");
            case var file:
                (SimulatedDirectory parent, string name) = _names.ParentOf(path);
                parent.Change(name, null);
                Release(file);
                break;
        }
    }

    public void DeleteDirectory(string path)
    {
        Meet(SimulatedDiskCall.Names, path);
        if (_names.Find(path) is SimulatedDirectory directory)
        {
            (SimulatedDirectory parent, string name) = _names.ParentOf(path);
            parent.Change(name, null);
            Release(directory);
        }
    }

    public void Rename(string from, string to)
    {
        Meet(SimulatedDiskCall.Names, from);
        if (_names.Rename(from, to) is { } replaced)
        {
            Release(replaced);
        }
    }

    public void SyncDirectory(string path)
    {
        Meet(SimulatedDiskCall.Names, path);
        _names.FindDirectory(path).Sync();
    }

    public IReadOnlyList<string> List(string path) => [.. _names.FindDirectory(path).Names.Keys];

    public long FreeBytes(string path) => Math.Max(0, CapacityBytes - UsedBytes);

    public IDirectoryLock? TryLock(string path)
    {
        _names.FindDirectory(path);
        return _locks.Add(path) ? new SimulatedLock(this, path, Process) : null;
    }

    internal int Read(SimulatedInode inode, string path, Span<byte> destination, long position)
    {
        Meet(SimulatedDiskCall.Read, path);
        int count = inode.Read(destination, position);
        _trace.Record(SimulatedTraceKind.FileRead, position, count);
        return count;
    }

    internal void Write(SimulatedInode inode, string path, ReadOnlySpan<byte> source, long position)
    {
        if (_callsLeft == 0)
        {
            long part = Math.Min(FittingBytes(inode, position, source.Length), _random.Next(source.Length + 1));
            Resize(inode, source[..(int)part], position);
        }

        CountDown();
        if (Draws(SimulatedDiskCall.Write, path) is { } error)
        {
            Resize(inode, source[.._random.Next(source.Length + 1)], position);
            throw Failure(error, path);
        }

        long fitting = FittingBytes(inode, position, source.Length);
        Resize(inode, source[..(int)fitting], position);
        _trace.Record(SimulatedTraceKind.FileWrite, position, source);
        if (fitting < source.Length)
        {
            throw Failure(DiskError.NoSpace, path);
        }
    }

    internal void SetLength(SimulatedInode inode, string path, long length)
    {
        Meet(SimulatedDiskCall.Write, path);
        _trace.Record(SimulatedTraceKind.FileLength, length);
        Resize(inode, () => inode.SetLength(length));
    }

    internal void Reserve(SimulatedInode inode, string path, long length)
    {
        Meet(SimulatedDiskCall.Write, path);
        if (SimulatedInode.PagesOf(length) - inode.Pages > FreePages)
        {
            throw Failure(DiskError.NoSpace, path);
        }

        Resize(inode, () => inode.Reserve(length));
    }

    internal void Sync(SimulatedInode inode, string path)
    {
        _trace.Record(SimulatedTraceKind.FileSync, inode.Length);
        CountDown();
        if (Draws(SimulatedDiskCall.Sync, path) is { } error)
        {
            inode.SyncBadly(_random);
            throw Failure(error, path);
        }

        inode.Sync();
    }

    // Which pages reach the platter early is drawn when the power goes, as of all that are dirty.
    internal void WriteOut(SimulatedInode inode, string path)
    {
        if (Draws(SimulatedDiskCall.Sync, path) is { } error)
        {
            inode.SyncBadly(_random);
            throw Failure(error, path);
        }
    }

    internal void SyncAll(string path, int process)
    {
        Invariant.That(process == Process, "the process that held this lock has ended");
        _trace.Record(SimulatedTraceKind.DiskSync, path);
        CountDown();
        DiskError? error = Draws(SimulatedDiskCall.Sync, path);
        if (error is null)
        {
            SimulatedNames.SyncNames(_names.FindDirectory(path));
        }

        foreach (SimulatedInode inode in SimulatedNames.FilesBelow(_names.FindDirectory(path)))
        {
            if (error is null)
            {
                inode.Sync();
            }
            else
            {
                inode.SyncBadly(_random);
            }
        }

        if (error is { } failed)
        {
            throw Failure(failed, path);
        }
    }

    internal bool DrawResidence() => !_random.OneIn(Faults.ColdOneIn);

    internal void Close(SimulatedInode inode, int process)
    {
        if (process == Process)
        {
            _openFiles--;
            Release(inode);
        }
    }

    internal void Unlock(string path, int process)
    {
        if (process == Process)
        {
            _locks.Remove(path);
        }
    }

    private static DiskException Failure(DiskError error, string path) => new(error, path, "simulated failure");

    private long FreePages => (CapacityBytes / SimulatedInode.PageSize) - _usedPages;

    private SimulatedInode FindFile(string path) => _names.Find(path) as SimulatedInode
        ?? throw new DiskException(DiskError.NotFound, path, "the file does not exist");

    private void Meet(SimulatedDiskCall call, string path)
    {
        if (call == SimulatedDiskCall.Names)
        {
            _trace.Record(SimulatedTraceKind.Names, path);
        }

        if (call != SimulatedDiskCall.Read || _callsLeft == 0)
        {
            CountDown();
        }

        if (Draws(call, path) is { } error)
        {
            throw Failure(error, path);
        }
    }

    private void CountDown()
    {
        if (_callsLeft is not { } left)
        {
            return;
        }

        if (left == 0)
        {
            throw new SimulatedCrashException();
        }

        _callsLeft = left - 1;
    }

    private DiskError? Draws(SimulatedDiskCall call, string path)
    {
        if (_planned.TryGetValue(call, out (int Skip, DiskError Error, string Below) plan)
            && (plan.Below.Length == 0 || $"{path}/".StartsWith($"{plan.Below}/", StringComparison.Ordinal)))
        {
            if (plan.Skip == 0)
            {
                _planned.Remove(call);
                return plan.Error;
            }

            _planned[call] = plan with { Skip = plan.Skip - 1 };
        }

        int oneIn = call switch
        {
            SimulatedDiskCall.Read => Faults.ReadFailsOneIn,
            SimulatedDiskCall.Write => Faults.WriteFailsOneIn,
            SimulatedDiskCall.Sync => Faults.SyncFailsOneIn,
            _ => Faults.NamesFailOneIn,
        };
        return _random.OneIn(oneIn) ? DiskError.Failed : null;
    }

    private long FittingBytes(SimulatedInode inode, long position, int count)
    {
        long newPages = SimulatedInode.PagesOf(position + count) - inode.Pages;
        long lacking = newPages - Math.Max(0, FreePages);
        if (newPages <= 0 || lacking <= 0)
        {
            return count;
        }

        long end = (SimulatedInode.PagesOf(position + count) - lacking) * SimulatedInode.PageSize;
        return Math.Clamp(end - position, 0, count);
    }

    private void Resize(SimulatedInode inode, ReadOnlySpan<byte> source, long position)
    {
        long before = inode.Pages;
        inode.Write(source, position);
        inode.ModifiedMs = _time?.UnixMilliseconds ?? 0;
        _usedPages += inode.Pages - before;
    }

    private void Resize(SimulatedInode inode, Action change)
    {
        long before = inode.Pages;
        change();
        inode.ModifiedMs = _time?.UnixMilliseconds ?? 0;
        _usedPages += inode.Pages - before;
    }

    private void Release(SimulatedEntry entry)
    {
        if (entry is SimulatedInode inode)
        {
            inode.Users--;
            if (inode.Users == 0)
            {
                _usedPages -= inode.Pages;
            }
        }
        else if (entry is SimulatedDirectory directory)
        {
            foreach (SimulatedEntry child in directory.Names.Values)
            {
                Release(child);
            }
        }
    }

    // After the process: no file is open, and each has one name.
    private void CountAnew()
    {
        _usedPages = 0;
        foreach (SimulatedInode inode in _names.AllFiles())
        {
            inode.Users = 1;
            _usedPages += inode.Pages;
        }
    }
}
