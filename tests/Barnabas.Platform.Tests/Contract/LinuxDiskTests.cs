using System.Diagnostics;
using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

public sealed class LinuxDiskTests : DiskContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    protected override IDisk Disk { get; } = new LinuxDisk();

    protected override string Root => _directory.Path;

    [Fact]
    public void A_full_device_is_no_space()
    {
        using IDiskFile full = Disk.Open("/dev/full", FileOpening.ReadWrite);
        Assert.Equal(DiskError.NoSpace, Fails(() => full.Write([1], 0)));
    }

    [Fact]
    public void Syncing_a_directory_that_is_not_there_is_not_found()
    {
        Assert.Equal(DiskError.NotFound, Fails(() => Disk.SyncDirectory(At("nothing"))));
    }

    [Fact]
    public void The_lock_excludes_another_process_that_takes_a_record_lock()
    {
        using IDisposable? held = Disk.TryLock(Root);
        Assert.NotNull(held);
        string python = "import fcntl,sys\nf=open(sys.argv[1],'r+')\n"
            + "try:\n fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB)\n print('free')\nexcept OSError:\n print('held')";
        Assert.Equal("held", Python(python, At(".lock")));
    }

    /// <remarks>
    /// The first look has the kernel begin to read: the pages are there then, but the device still fills them.
    /// </remarks>
    [Fact]
    public void What_the_device_is_still_reading_is_not_waited_for()
    {
        const int bytes = 64 * 1024;
        using IDiskFile file = Disk.Open(At("a"), FileOpening.CreateOrKeep);
        file.Write(new byte[bytes], 0);
        file.Sync();
        Python(
            "import os,sys\nf=os.open(sys.argv[1],os.O_RDONLY)\nos.posix_fadvise(f,0,0,os.POSIX_FADV_DONTNEED)",
            At("a"));
        if (file.IsResident(0, bytes))
        {
            // A file system in memory evicts nothing.
            return;
        }

        Assert.Equal(IDiskFile.WouldWait, file.ReadNow(new byte[bytes], 0));

        Assert.Equal(bytes, file.Read(new byte[bytes], 0));
        Assert.True(file.IsResident(0, bytes));
        Assert.Equal(bytes, file.ReadNow(new byte[bytes], 0));
    }

    /// <remarks>
    /// Where the kernel knows no read that does not wait, a fetch would go by way of another thread for ever.
    /// </remarks>
    [Fact]
    public void On_a_file_system_that_cannot_tell_everything_counts_as_in_memory()
    {
        const string memory = "/dev/shm";
        string path = $"{memory}/barnabas-{Guid.NewGuid():N}";
        if (!Directory.Exists(memory))
        {
            // Not every machine has a file system in memory.
            return;
        }

        try
        {
            using IDiskFile file = Disk.Open(path, FileOpening.CreateOrKeep);
            file.Write(Pattern(300_000), 0);
            Assert.True(file.IsResident(0, 300_000));
            Assert.Equal(300_000, file.ReadNow(new byte[300_000], 0));
        }
        finally
        {
            File.Delete(path);
        }
    }

    public void Dispose() => _directory.Dispose();

    private static string Python(string program, string argument)
    {
        ProcessStartInfo start = new("python3") { RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(program);
        start.ArgumentList.Add(argument);
        using Process other = Process.Start(start)!;
        string told = other.StandardOutput.ReadToEnd();
        other.WaitForExit();
        return told.Trim();
    }
}
