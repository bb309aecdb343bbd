using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Raft;

/// <summary>Reads a snapshot and checks that it is whole.</summary>
public static class SnapshotReader
{
    // Writers stop at 8 MiB; a damaged length must not become an allocation of its size.
    private const int BatchBytesMax = 64 * 1024 * 1024;

    /// <summary>
    /// Hands all records to the sink. Throws <see cref="SnapshotDamagedException"/>: what the sink has got by then is
    /// to be
    /// thrown away.
    /// </summary>
    /// <param name="isFramed">
    /// True for snapshots, which have a header and a footer that show they are whole. Kafka's
    /// <c>bootstrap.checkpoint</c>
    /// has them too, but older versions left them out.
    /// </param>
    public static void Read(IDisk disk, string path, IRecordSink sink, bool isFramed = true)
    {
        using IDiskFile file = disk.Open(path, FileOpening.Read);
        long length = file.Length;
        byte[] buffer = new byte[64 * 1024];
        ControlRecordType? last = null;
        for (long position = 0; position < length;)
        {
            if (last == ControlRecordType.SnapshotFooter)
            {
                throw new SnapshotDamagedException($"{path} goes on behind its footer.");
            }

            int size = ReadBatch(file, path, position, length, ref buffer);
            var batch = new RecordBatch(buffer.AsSpan(0, size));
            if (position == 0 && isFramed && !batch.IsControl)
            {
                throw new SnapshotDamagedException($"{path} does not begin with a header.");
            }

            last = RecordBatches.Read(batch, sink);
            position += size;
        }

        if (isFramed && last != ControlRecordType.SnapshotFooter)
        {
            throw new SnapshotDamagedException($"{path} has no footer: it was never finished.");
        }
    }

    private static int ReadBatch(IDiskFile file, string path, long position, long length, ref byte[] buffer)
    {
        int head = file.Read(buffer.AsSpan(0, RecordBatch.ProbeSize), position);
        BatchFrame found = RecordBatch.Probe(buffer.AsSpan(0, head), out int size);
        if (found is BatchFrame.BadLength or BatchFrame.BadMagic
            || size is 0 or > BatchBytesMax
            || size > length - position)
        {
            throw new SnapshotDamagedException($"{path} is damaged at position {position}.");
        }

        if (buffer.Length < size)
        {
            buffer = new byte[size];
        }

        int read = file.Read(buffer.AsSpan(0, size), position);
        return read == size ? size : throw new SnapshotDamagedException($"{path} ends within a batch.");
    }
}
