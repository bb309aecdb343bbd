using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

/// <summary>What every <see cref="IDisk"/> does, real or simulated.</summary>
public abstract class DiskContract
{
    protected abstract IDisk Disk { get; }

    /// <summary>An empty directory of the test.</summary>
    protected abstract string Root { get; }

    [Fact]
    public void Bytes_come_back_as_they_were_written()
    {
        using IDiskFile file = Disk.Open(At("a"), FileOpening.CreateOrKeep);
        byte[] bytes = Pattern(10_000);
        file.Write(bytes, 0);
        file.Write(bytes.AsSpan(0, 100), 20_000);
        Assert.Equal(20_100, file.Length);
        byte[] read = new byte[10_000];
        Assert.Equal(10_000, file.Read(read, 0));
        Assert.Equal(bytes, read);
        Assert.Equal(10_000, file.Read(read, 10_000));
        Assert.All(read, static value => Assert.Equal(0, value));
        file.Sync();
    }

    [Fact]
    public void A_read_at_the_end_is_short_and_beyond_it_empty()
    {
        using IDiskFile file = Disk.Open(At("a"), FileOpening.CreateOrKeep);
        file.Write(Pattern(100), 0);
        byte[] read = new byte[64];
        Assert.Equal(36, file.Read(read, 64));
        Assert.Equal(0, file.Read(read, 100));
        Assert.Equal(0, file.Read(read, 1_000_000));
        Assert.Equal(0, file.Read([], 0));
    }

    [Fact]
    public void The_age_of_a_file_that_is_not_there_is_not_found()
    {
        Assert.Equal(DiskError.NotFound, Fails(() => Disk.LastModifiedMs(At("a"))));
    }

    [Fact]
    public void Openings_differ_in_what_they_demand_and_what_they_keep()
    {
        Assert.Equal(DiskError.NotFound, Fails(() => Disk.Open(At("a"), FileOpening.Read)));
        Assert.Equal(DiskError.NotFound, Fails(() => Disk.Open(At("a"), FileOpening.ReadWrite)));
        Assert.Equal(DiskError.NotFound, Fails(() => Disk.Open(At("no/a"), FileOpening.CreateOrKeep)));
        using (IDiskFile made = Disk.Open(At("a"), FileOpening.CreateOrKeep))
        {
            made.Write(Pattern(10), 0);
        }

        using (IDiskFile kept = Disk.Open(At("a"), FileOpening.CreateOrKeep))
        {
            Assert.Equal(10, kept.Length);
        }

        using (IDiskFile onlyRead = Disk.Open(At("a"), FileOpening.Read))
        {
            Fails(() => onlyRead.Write(Pattern(1), 0));
        }

        using IDiskFile emptied = Disk.Open(At("a"), FileOpening.CreateOrTruncate);
        Assert.Equal(0, emptied.Length);
    }

    [Fact]
    public void Setting_the_length_cuts_and_extends_with_zeros()
    {
        using IDiskFile file = Disk.Open(At("a"), FileOpening.CreateOrKeep);
        file.Write(Pattern(5000), 0);
        file.SetLength(100);
        file.SetLength(5000);
        byte[] read = new byte[5000];
        Assert.Equal(5000, file.Read(read, 0));
        Assert.Equal(Pattern(5000)[..100], read[..100]);
        Assert.Equal(-1, read.AsSpan(100).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Reserving_leaves_length_and_bytes_alone()
    {
        using IDiskFile file = Disk.Open(At("a"), FileOpening.CreateOrKeep);
        file.Write(Pattern(10), 0);
        file.Reserve(1 << 20);
        Assert.Equal(10, file.Length);
        file.Write(Pattern(10), 10);
        Assert.Equal(20, file.Length);
    }

    [Fact]
    public void Writing_out_leaves_length_and_bytes_alone()
    {
        using IDiskFile file = Disk.Open(At("a"), FileOpening.CreateOrKeep);
        file.WriteOut();
        file.Write(Pattern(3_000_000), 0);
        file.WriteOut();
        byte[] read = new byte[3_000_001];
        Assert.Equal(3_000_000, file.Read(read, 0));
        Assert.Equal(Pattern(3_000_000), read[..^1]);
    }

    [Fact]
    public void A_rename_replaces_a_file_and_moves_a_directory()
    {
        Write("a", 1);
        Write("b", 2);
        Disk.Rename(At("a"), At("b"));
        Assert.False(Disk.FileExists(At("a")));
        Assert.Equal(1, ReadByte("b"));
        Disk.CreateDirectory(At("d"));
        Write("d/x", 3);
        Disk.Rename(At("d"), At("e"));
        Assert.False(Disk.DirectoryExists(At("d")));
        Assert.Equal(3, ReadByte("e/x"));
        Assert.Equal(DiskError.NotFound, Fails(() => Disk.Rename(At("nothing"), At("c"))));
        Disk.SyncDirectory(Root);
    }

    [Fact]
    public void A_deleted_file_stays_readable_for_who_has_it_open()
    {
        Write("a", 7);
        using IDiskFile file = Disk.Open(At("a"), FileOpening.Read);
        Disk.DeleteFile(At("a"));
        Disk.DeleteFile(At("a"));
        Assert.False(Disk.FileExists(At("a")));
        byte[] read = new byte[1];
        Assert.Equal(1, file.Read(read, 0));
        Assert.Equal(7, read[0]);
    }

    [Fact]
    public void Directories_are_made_with_those_above_and_deleted_with_all_below()
    {
        Disk.CreateDirectory(At("x/y/z"));
        Disk.CreateDirectory(At("x/y"));
        Write("x/y/z/a", 1);
        Assert.True(Disk.DirectoryExists(At("x/y/z")));
        Assert.False(Disk.FileExists(At("x/y/z")));
        Assert.False(Disk.DirectoryExists(At("x/y/z/a")));
        Disk.DeleteDirectory(At("x"));
        Disk.DeleteDirectory(At("x"));
        Assert.False(Disk.DirectoryExists(At("x")));
        Assert.Equal(DiskError.NotFound, Fails(() => Disk.List(At("x"))));
    }

    [Fact]
    public void A_listing_has_names_in_ordinal_order()
    {
        foreach (string name in new[] { "b", "a", "B", "_", "00000000000000000010.log", "00000000000000000002.log" })
        {
            Write(name, 0);
        }

        Disk.CreateDirectory(At("C"));
        Assert.Equal(
            ["00000000000000000002.log", "00000000000000000010.log", "B", "C", "_", "a", "b"], Disk.List(Root));
    }

    [Fact]
    public void A_directory_is_locked_once()
    {
        IDisposable? first = Disk.TryLock(Root);
        Assert.NotNull(first);
        Assert.Null(Disk.TryLock(Root));
        first.Dispose();
        using IDisposable? second = Disk.TryLock(Root);
        Assert.NotNull(second);
        Assert.Equal(DiskError.NotFound, Fails(() => Disk.TryLock(At("nothing"))));
    }

    [Fact]
    public void Who_holds_the_lock_can_sync_all_below()
    {
        using IDirectoryLock? held = Disk.TryLock(Root);
        Disk.CreateDirectory(At("x/y"));
        Write("x/y/a", 10);
        Write("b", 0);
        held!.SyncAll();
        Assert.Equal(["a"], Disk.List(At("x/y")));
        Disk.DeleteDirectory(At("x"));
        held.SyncAll();
    }

    [Fact]
    public void Free_bytes_and_residence_are_answered()
    {
        Assert.True(Disk.FreeBytes(Root) > 0);
        using IDiskFile file = Disk.Open(At("a"), FileOpening.CreateOrKeep);
        file.Write(Pattern(8192), 0);
        Assert.True(file.IsResident(0, 8192));
        Assert.True(file.IsResident(100, 1));
    }

    [Fact]
    public void Bytes_that_were_just_written_are_read_without_waiting()
    {
        using IDiskFile file = Disk.Open(At("a"), FileOpening.CreateOrKeep);
        byte[] pattern = Pattern(10_000);
        file.Write(pattern, 0);
        byte[] read = new byte[6_000];
        Assert.Equal(6_000, file.ReadNow(read, 3_000));
        Assert.Equal(pattern[3_000..9_000], read);
        Assert.Equal(1_000, file.ReadNow(read.AsSpan(0, 1_000), 9_000));
        Assert.Equal(pattern[9_000..], read[..1_000]);
    }

    protected static DiskError Fails(Action action) => Assert.Throws<DiskException>(action).Error;

    protected static byte[] Pattern(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)((i * 31) + (i >> 8) + 1);
        }

        return bytes;
    }

    protected string At(string name) => $"{Root}/{name}";

    private void Write(string name, byte value)
    {
        using IDiskFile file = Disk.Open(At(name), FileOpening.CreateOrTruncate);
        file.Write([value], 0);
    }

    private byte ReadByte(string name)
    {
        using IDiskFile file = Disk.Open(At(name), FileOpening.Read);
        byte[] read = new byte[1];
        Assert.Equal(1, file.Read(read, 0));
        return read[0];
    }
}
