using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.TransportSpike;

/// <summary>One log file with an index of its batches in memory.</summary>
internal sealed class SpikePartition(IDisk disk, string path) : IDisposable
{
    private const int HeaderBytes = 61;
    private const int CrcAt = 17;
    private const int AttributesAt = 21;
    private const int LastOffsetDeltaAt = 23;
    private const int LeaderEpochAt = 12;

    private readonly Lock _gate = new();
    private (long Offset, long Position)[] _index = new (long, long)[1024];
    private int _batches;
    private long _size;
    private long _nextOffset;

    public IDiskFile File { get; } = disk.Open(path, FileOpening.CreateOrTruncate);

    public long NextOffset => Volatile.Read(ref _nextOffset);

    public ErrorCode Append(Span<byte> batch, out long baseOffset)
    {
        baseOffset = -1;
        if (batch.Length < HeaderBytes
            || BinaryPrimitives.ReadUInt32BigEndian(batch[CrcAt..]) != Crc32C.Compute(batch[AttributesAt..]))
        {
            return ErrorCode.CorruptMessage;
        }

        lock (_gate)
        {
            baseOffset = _nextOffset;
            BinaryPrimitives.WriteInt64BigEndian(batch, baseOffset);
            BinaryPrimitives.WriteInt32BigEndian(batch[LeaderEpochAt..], 0);
            File.Write(batch, _size);
            if (_batches == _index.Length)
            {
                Array.Resize(ref _index, 2 * _batches);
            }

            _index[_batches++] = (baseOffset, _size);
            _size += batch.Length;
            _nextOffset += BinaryPrimitives.ReadInt32BigEndian(batch[LastOffsetDeltaAt..]) + 1;
        }

        return ErrorCode.None;
    }

    /// <summary>Whole batches from an offset on, at most so many bytes, but one at least if there is one.</summary>
    public (long Position, int Count) Find(long offset, int maxBytes)
    {
        lock (_gate)
        {
            int first = LastAtOrBefore(offset, static entry => entry.Offset);
            if (offset >= _nextOffset || first < 0)
            {
                return (_size, 0);
            }

            long start = _index[first].Position;
            int last = LastAtOrBefore(start + maxBytes, static entry => entry.Position);
            long end = _size - start <= maxBytes ? _size : _index[Math.Max(last, first + 1)].Position;
            return (start, (int)(end - start));
        }
    }

    public void Dispose() => File.Dispose();

    private int LastAtOrBefore(long value, Func<(long Offset, long Position), long> key)
    {
        int low = 0, high = _batches;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (key(_index[middle]) <= value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }
}
