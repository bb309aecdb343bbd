using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

public sealed class SimulatedDiskTests
{
    private const int Page = 4096;

    [Fact]
    public void Synced_bytes_and_names_survive_every_loss_of_power()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            SimulatedDisk disk = new(seed);
            disk.CreateDirectory("/d");
            disk.SyncDirectory("/");
            byte[] bytes = Filled(3 * Page, 1);
            using (IDiskFile file = disk.Open("/d/a", FileOpening.CreateOrKeep))
            {
                file.Write(bytes, 0);
                file.Sync();
                disk.SyncDirectory("/d");
                file.Write(Filled(2 * Page, 2), 3 * Page);
            }

            disk.LosePower();
            Assert.Equal(bytes, ReadAll(disk, "/d/a")[..bytes.Length]);
        }
    }

    [Fact]
    public void Unsynced_bytes_are_kept_lost_and_torn_in_some_run()
    {
        bool kept = false, lost = false, torn = false, shortened = false;
        for (ulong seed = 0; seed < 300; seed++)
        {
            SimulatedDisk disk = new(seed);
            using (IDiskFile file = disk.Open("/a", FileOpening.CreateOrKeep))
            {
                file.Write(Filled(Page, 1), 0);
                file.Sync();
                disk.SyncDirectory("/");
                file.Write(Filled(2 * Page, 2), 0);
            }

            disk.LosePower();
            byte[] after = ReadAll(disk, "/a");
            Assert.InRange(after.Length, Page, 2 * Page);
            byte[] first = after[..Page];
            Assert.Equal(-1, first.AsSpan().IndexOfAnyExcept((byte)1, (byte)2));
            kept |= after.AsSpan().IndexOfAnyExcept((byte)2) < 0 && after.Length == 2 * Page;
            lost |= first.AsSpan().IndexOfAnyExcept((byte)1) < 0;
            torn |= first.Contains((byte)1) && first.Contains((byte)2);
            shortened |= after.Length < 2 * Page;
            for (int at = 0; at < Page; at += 512)
            {
                Assert.Equal(-1, first.AsSpan(at, 512).IndexOfAnyExcept(first[at]));
            }
        }

        Assert.True(kept && lost && torn && shortened);
    }

    [Fact]
    public void A_truncation_that_was_not_synced_may_be_undone()
    {
        HashSet<int> lengths = [];
        for (ulong seed = 0; seed < 100; seed++)
        {
            SimulatedDisk disk = new(seed);
            using (IDiskFile file = disk.Open("/a", FileOpening.CreateOrKeep))
            {
                file.Write(Filled(3 * Page, 1), 0);
                file.Sync();
                disk.SyncDirectory("/");
                file.SetLength(Page);
            }

            disk.LosePower();
            byte[] after = ReadAll(disk, "/a");
            lengths.Add(after.Length);
            Assert.Equal(-1, after.AsSpan().IndexOfAnyExcept((byte)1));
        }

        Assert.Contains(Page, lengths);
        Assert.Contains(3 * Page, lengths);
    }

    [Fact]
    public void Names_without_a_sync_of_their_directory_may_be_forgotten_in_order()
    {
        HashSet<string> outcomes = [];
        for (ulong seed = 0; seed < 100; seed++)
        {
            SimulatedDisk disk = new(seed);
            disk.CreateDirectory("/d");
            disk.SyncDirectory("/");
            WriteSynced(disk, "/d/a.tmp");
            disk.Rename("/d/a.tmp", "/d/a");
            WriteSynced(disk, "/d/b");
            disk.LosePower();
            outcomes.Add(string.Join(',', disk.List("/d")));
        }

        Assert.Equal(["", "a", "a,b", "a.tmp"], outcomes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_directory_whose_parent_was_not_synced_may_vanish_with_all_it_holds()
    {
        HashSet<bool> outcomes = [];
        for (ulong seed = 0; seed < 50; seed++)
        {
            SimulatedDisk disk = new(seed);
            disk.CreateDirectory("/d");
            WriteSynced(disk, "/d/a");
            disk.SyncDirectory("/d");
            disk.LosePower();
            outcomes.Add(disk.FileExists("/d/a"));
            Assert.Equal(disk.DirectoryExists("/d"), disk.FileExists("/d/a"));
        }

        Assert.Equal(2, outcomes.Count);
    }

    [Fact]
    public void A_sync_of_all_keeps_bytes_and_names_below_the_directory_and_no_others()
    {
        bool lostOutside = false;
        for (ulong seed = 1; seed <= 50; seed++)
        {
            SimulatedDisk disk = new(seed);
            disk.CreateDirectory("/d/e");
            disk.CreateDirectory("/other");
            disk.SyncDirectory("/");
            Put(disk, "/d/e/a", 5000);
            Put(disk, "/d/b", 100);
            Put(disk, "/other/c", 100);
            disk.TryLock("/d")!.SyncAll();
            disk.LosePower();
            Assert.Equal(Filled(5000, 1), ReadAll(disk, "/d/e/a"));
            Assert.Equal(Filled(100, 1), ReadAll(disk, "/d/b"));
            lostOutside |= !disk.FileExists("/other/c");
        }

        Assert.True(lostOutside);

        static void Put(SimulatedDisk disk, string path, int count)
        {
            using IDiskFile file = disk.Open(path, FileOpening.CreateOrKeep);
            file.Write(Filled(count, 1), 0);
        }
    }

    [Fact]
    public void After_a_failed_sync_of_all_another_one_does_not_save_what_was_lost()
    {
        bool lost = false;
        for (ulong seed = 1; seed <= 20; seed++)
        {
            SimulatedDisk disk = new(seed);
            IDirectoryLock held = disk.TryLock("/")!;
            using (IDiskFile file = disk.Open("/a", FileOpening.CreateOrKeep))
            {
                file.Write(Filled(2 * Page, 1), 0);
            }

            disk.FailNext(SimulatedDiskCall.Sync);
            Assert.Equal(DiskError.Failed, Fails(held.SyncAll));
            held.SyncAll();
            disk.LosePower();
            lost |= !disk.FileExists("/a") || !ReadAll(disk, "/a").AsSpan().SequenceEqual(Filled(2 * Page, 1));
        }

        Assert.True(lost);
    }

    [Fact]
    public void The_end_of_a_process_alone_loses_nothing_but_handles_and_locks()
    {
        SimulatedDisk disk = new(1);
        IDiskFile file = disk.Open("/a", FileOpening.CreateOrKeep);
        file.Write(Filled(100, 1), 0);
        Assert.NotNull(disk.TryLock("/"));
        disk.EndProcess();
        Assert.Throws<InvariantBrokenException>(() => file.Write([1], 0));
        Assert.Equal(Filled(100, 1), ReadAll(disk, "/a"));
        Assert.NotNull(disk.TryLock("/"));
    }

    [Fact]
    public void A_full_disk_takes_what_fits_and_recovers_when_space_is_freed()
    {
        SimulatedDisk disk = new(1, new SimulatedDiskOptions { CapacityBytes = 3 * Page });
        using IDiskFile file = disk.Open("/a", FileOpening.CreateOrKeep);
        Assert.Equal(DiskError.NoSpace, Fails(() => file.Write(Filled(4 * Page, 1), 0)));
        Assert.Equal(3 * Page, file.Length);
        Assert.Equal(0, disk.FreeBytes("/"));
        file.Write(Filled(Page, 2), 0);
        using IDiskFile other = disk.Open("/b", FileOpening.CreateOrKeep);
        Assert.Equal(DiskError.NoSpace, Fails(() => other.Reserve(1)));
        file.SetLength(Page);
        other.Reserve(2 * Page);
        Assert.Equal(DiskError.NoSpace, Fails(() => file.Write([1], Page)));
        other.Write(Filled(2 * Page, 3), 0);
        disk.CapacityBytes = 100 * Page;
        file.Write([1], Page);
        Assert.Equal(4 * Page, disk.UsedBytes);
        disk.DeleteFile("/b");
        Assert.Equal(4 * Page, disk.UsedBytes);
        other.Dispose();
        Assert.Equal(2 * Page, disk.UsedBytes);
    }

    [Fact]
    public void After_a_failed_sync_a_later_one_does_not_save_the_lost_pages()
    {
        bool lostForGood = false;
        for (ulong seed = 0; seed < 50; seed++)
        {
            SimulatedDisk disk = new(seed);
            using (IDiskFile file = disk.Open("/a", FileOpening.CreateOrKeep))
            {
                file.Write(Filled(Page, 1), 0);
                file.Sync();
                disk.SyncDirectory("/");
                file.Write(Filled(Page, 2), 0);
                disk.FailNext(SimulatedDiskCall.Sync);
                Assert.Equal(DiskError.Failed, Fails(file.Sync));
                Assert.Equal(Filled(Page, 2), ReadAll(disk, "/a"));
                file.Sync();
            }

            disk.LosePower();
            lostForGood |= ReadAll(disk, "/a")[0] == 1;
        }

        Assert.True(lostForGood);
    }

    [Fact]
    public void A_chosen_call_fails_once()
    {
        SimulatedDisk disk = new(1);
        using IDiskFile file = disk.Open("/a", FileOpening.CreateOrKeep);
        disk.FailNext(SimulatedDiskCall.Write, DiskError.NoSpace, skip: 1);
        file.Write([1], 0);
        Assert.Equal(DiskError.NoSpace, Fails(() => file.Write([2], 0)));
        file.Write([3], 0);
        Assert.Equal([3], ReadAll(disk, "/a"));
    }

    [Fact]
    public void A_flipped_bit_stays_flipped()
    {
        SimulatedDisk disk = new(1);
        WriteSynced(disk, "/a");
        disk.SyncDirectory("/");
        disk.FlipBit("/a", 1, 7);
        disk.LosePower();
        Assert.Equal([9, 9 ^ 0x80, 9], ReadAll(disk, "/a"));
    }

    private static void WriteSynced(SimulatedDisk disk, string path)
    {
        using IDiskFile file = disk.Open(path, FileOpening.CreateOrKeep);
        file.Write([9, 9, 9], 0);
        file.Sync();
    }

    private static DiskError Fails(Action action) => Assert.Throws<DiskException>(action).Error;

    private static byte[] Filled(int count, byte value)
    {
        byte[] bytes = new byte[count];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    private static byte[] ReadAll(SimulatedDisk disk, string path)
    {
        using IDiskFile file = disk.Open(path, FileOpening.Read);
        byte[] bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(bytes, 0));
        return bytes;
    }
}
