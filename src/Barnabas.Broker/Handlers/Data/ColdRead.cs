using Barnabas.Kernel;

namespace Barnabas.Broker;

/// <summary>
/// Brings the records of a fetch into memory before a reactor sends them: the kernel would let the reactor wait for the
/// device in the middle of a send, and all its connections with it. Runs on the blocking mailbox for cold reads and
/// comes back to the reactor as a work item. Embedded in its <see cref="FetchJob"/>, which stands still meanwhile.
/// </summary>
internal sealed class ColdRead(FetchJob job) : WorkItem
{
    /// <summary>
    /// Read and thrown away in pieces of this size; what counts is that the pages are there afterwards.
    /// </summary>
    private const int PieceBytes = 64 * 1024;

    /// <summary>True if a region's bytes lie on the device only, as far as the kernel tells.</summary>
    public static bool IsNeeded(ReadOnlySpan<FetchItem> items)
    {
        foreach (ref readonly FetchItem item in items)
        {
            if (item.Region.Count > 0 && !item.Region.File.File.IsResident(item.Region.Position, item.Region.Count))
            {
                return true;
            }
        }

        return false;
    }

    public override void Run()
    {
        byte[] piece = System.Buffers.ArrayPool<byte>.Shared.Rent(PieceBytes);
        foreach (ref readonly FetchItem item in job.Items)
        {
            Load(item.Region, piece);
        }

        System.Buffers.ArrayPool<byte>.Shared.Return(piece);
        job.OnWarm();
    }

    private static void Load(FileRegion region, byte[] piece)
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
    }
}
