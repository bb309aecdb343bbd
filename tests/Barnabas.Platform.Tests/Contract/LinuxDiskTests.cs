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
        ProcessStartInfo start = new("python3") { RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(python);
        start.ArgumentList.Add(At(".lock"));
        using Process other = Process.Start(start)!;
        Assert.Equal("held", other.StandardOutput.ReadToEnd().Trim());
        other.WaitForExit();
    }

    public void Dispose() => _directory.Dispose();
}
