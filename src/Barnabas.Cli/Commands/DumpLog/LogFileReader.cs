using Barnabas.Records;
using Microsoft.Win32.SafeHandles;

namespace Barnabas.Cli;

/// <summary>Reads batches of a log file, one at a time into memory that is used again.</summary>
internal sealed class LogFileReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private byte[] _buffer = new byte[64 * 1024];

    public LogFileReader(string path, long maxBytes = long.MaxValue)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Length = Math.Min(RandomAccess.GetLength(_file), maxBytes);
    }

    /// <summary>Bytes that may be read.</summary>
    public long Length { get; }

    /// <summary>
    /// The batch at a position, valid until the next call; false if there is none that is whole. The length it claims
    /// is compared with the file before memory is taken for it.
    /// </summary>
    public bool TryRead(long position, out ReadOnlySpan<byte> batch)
    {
        batch = default;
        int head = Fill(position, RecordBatch.ProbeSize);
        BatchFrame frame = RecordBatch.Probe(_buffer.AsSpan(0, head), out int size);
        if ((frame != BatchFrame.Whole && frame != BatchFrame.Partial) || size == 0 || size > Length - position)
        {
            return false;
        }

        if (Fill(position, size) < size)
        {
            return false;
        }

        batch = _buffer.AsSpan(0, size);
        return true;
    }

    public void Dispose() => _file.Dispose();

    private int Fill(long position, int count)
    {
        count = (int)Math.Clamp(Length - position, 0, count);
        if (count > _buffer.Length)
        {
            _buffer = new byte[count];
        }

        int filled = 0;
        while (filled < count)
        {
            int read = RandomAccess.Read(_file, _buffer.AsSpan(filled, count - filled), position + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled;
    }
}
