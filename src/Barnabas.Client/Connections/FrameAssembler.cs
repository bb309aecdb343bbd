using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// Cuts the byte stream of a connection into frames: a length of four bytes, then that many bytes. Pure; the driver
/// receives into <see cref="Space"/> and tells <see cref="Received"/>. Not thread-safe.
/// </summary>
/// <remarks>
/// A length never allocates by itself [M38]: the array of a frame starts at no more than <see cref="FirstBytes"/> and
/// at most doubles each time it has really been filled, so memory ≤ 2 × received + <see cref="FirstBytes"/>. Every
/// frame is an array of its own, because records are handed to the application as slices of it.
/// </remarks>
internal sealed class FrameAssembler(int frameBytesMax)
{
    /// <summary>16 receives of 64 KiB: a usual fetch of 1 MiB per partition grows its array at most once.</summary>
    internal const int FirstBytes = 1024 * 1024;

    private const int PrefixBytes = sizeof(int);
    private const int ReceiveBytes = 64 * 1024;

    // Small frames pass through here; a frame that does not fit in what is left of it gets its array at once.
    private readonly byte[] _buffer = new byte[ReceiveBytes];
    private int _start;
    private int _end;
    private byte[]? _frame;
    private int _frameLength;
    private int _frameFilled;

    /// <summary>Where to receive next; never empty.</summary>
    public Memory<byte> Space()
    {
        if (_frame is not null)
        {
            if (_frameFilled == _frame.Length)
            {
                int larger = (int)Math.Min(2L * _frame.Length, _frameLength);
                Array.Resize(ref _frame, larger);
            }

            return _frame.AsMemory(_frameFilled);
        }

        if (_start > 0)
        {
            // What is left is less than one prefix and one small frame.
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        return _buffer.AsMemory(_end);
    }

    public void Received(int count)
    {
        if (_frame is not null)
        {
            _frameFilled += count;
            Invariant.That(_frameFilled <= _frameLength);
        }
        else
        {
            _end += count;
        }
    }

    /// <summary>Takes the next whole frame, without its length; false if more bytes are needed first.</summary>
    /// <exception cref="KafkaException">The length is negative or beyond the limit.</exception>
    public bool TryTake(out byte[] frame)
    {
        frame = [];
        if (_frame is not null)
        {
            if (_frameFilled < _frameLength)
            {
                return false;
            }

            frame = _frame;
            _frame = null;
            return true;
        }

        int available = _end - _start;
        if (available < PrefixBytes)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (length < 0 || length > frameBytesMax)
        {
            throw new KafkaException(
                ErrorCode.CorruptMessage,
                    $"the broker announced a response of {length} bytes; the limit is {frameBytesMax}");
        }

        int present = Math.Min(available - PrefixBytes, length);
        if (present < length && length <= _buffer.Length - PrefixBytes)
        {
            return false;
        }

        byte[] bytes = new byte[present == length ? length : Math.Max(present, Math.Min(length, FirstBytes))];
        _buffer.AsSpan(_start + PrefixBytes, present).CopyTo(bytes);
        _start += PrefixBytes + present;
        if (present == length)
        {
            frame = bytes;
            return true;
        }

        _frame = bytes;
        _frameLength = length;
        _frameFilled = present;
        return false;
    }
}
