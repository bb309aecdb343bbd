using Barnabas.Kernel;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// Brings what a fetch needs into memory before a reactor looks for it or sends it: the kernel would let the reactor
/// wait for the device in the middle of a call, and all its connections with it. Runs on the blocking mailbox for cold
/// reads and comes back to the reactor as a work item. Embedded in its <see cref="FetchJob"/>, which stands still
/// meanwhile.
/// </summary>
internal sealed class ColdRead(FetchJob job) : WorkItem
{
    /// <summary>
    /// Read and thrown away in pieces of this size; what counts is that the pages are there afterwards.
    /// </summary>
    private const int PieceBytes = 64 * 1024;

    /// <summary>True if a region's bytes lie on the device only, as far as the kernel tells.</summary>
    /// <remarks>Those of small regions were next to the header that was read to find them.</remarks>
    public static bool IsNeeded(ReadOnlySpan<FetchItem> items)
    {
        foreach (ref readonly FetchItem item in items)
        {
            FileRegion region = item.Region;
            if (region.Count > OutputBuffer.CopiedBytesMax
                && !region.File.File.IsResident(region.Position, region.Count))
            {
                return true;
            }
        }

        return false;
    }

    public override void Run()
    {
        byte[] piece = System.Buffers.ArrayPool<byte>.Shared.Rent(PieceBytes);
        int left = job.MaxBytes;
        foreach (ref readonly FetchItem item in job.Items)
        {
            left -= item.IsCold ? Find(in item, left, piece) : Load(item.Region, piece);
        }

        System.Buffers.ArrayPool<byte>.Shared.Return(piece);
        job.OnWarm();
    }

    /// <summary>Reads as the reactor did, but waits; what is found is loaded, and found again there.</summary>
    private int Find(ref readonly FetchItem item, int left, byte[] piece)
    {
        // An error is not lost: the reactor meets it too.
        Partition partition = item.Partition!;
        LogRead read = partition.Log.Read(
            item.FetchOffset,
            Math.Clamp(left, 0, item.MaxBytes),
            partition.ReadLimit(job.Isolation),
            atLeastOneBatch: left == job.MaxBytes);
        if (!read.HasRegion)
        {
            return 0;
        }

        Load(read.Region, piece);
        read.Region.File.Release();
        if (job.Isolation == FetchIsolation.Committed)
        {
            // For the same reason.
            partition.Log.FindAborted(item.FetchOffset, read.Limit, out _);
        }

        return read.Region.Count;
    }

    private static int Load(FileRegion region, byte[] piece)
    {
        try
        {
            for (int at = 0; at < region.Count; at += PieceBytes)
            {
                int count = Math.Min(PieceBytes, region.Count - at);
                region.File.File.Read(piece.AsSpan(0, count), region.Position + at);
            }
        }
        catch (DiskException)
        {
            // The send meets the same failure and closes the connection; the next read of the log takes it offline.
        }

        return region.Count;
    }
}
