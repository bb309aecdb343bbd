using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>
/// Walks over the batches of a segment file by their headers, through a buffer that its caller lends. Reads little
/// where batches are large: a body is read only if it is asked for.
/// </summary>
internal ref struct BatchScanner
{
    private readonly IDiskFile _file;
    private readonly Span<byte> _buffer;
    private readonly long _end;
    private readonly bool _mayWait;
    private long _bufferStart;
    private int _buffered;
    private int _size;

    /// <param name="buffer">At least <see cref="RecordBatch.HeaderSize"/> bytes.</param>
    /// <param name="position">A batch boundary.</param>
    /// <param name="end">Where the scan ends.</param>
    /// <param name="mayWait">False if what is not in memory is to end it (<see cref="ScanEnd.NotInMemory"/>).</param>
    public BatchScanner(IDiskFile file, Span<byte> buffer, long position, long end, bool mayWait = true)
    {
        Invariant.That(buffer.Length >= RecordBatch.HeaderSize);
        _file = file;
        _buffer = buffer;
        _end = end;
        _mayWait = mayWait;
        Position = position;
    }

    /// <summary>Where the current batch begins; after the last one, where it ended.</summary>
    public long Position { get; private set; }

    public ScanEnd End { get; private set; }

    /// <summary>Bytes of the current batch.</summary>
    public readonly int Size => _size;

    /// <summary>The current batch; its body is there only if the buffer happens to hold it.</summary>
    public readonly RecordBatch Current
    {
        get
        {
            int at = (int)(Position - _bufferStart);
            return new RecordBatch(_buffer[at..Math.Min(at + _size, _buffered)]);
        }
    }

    public bool MoveNext()
    {
        if (End != ScanEnd.None)
        {
            return false;
        }

        Position += _size;
        _size = 0;
        if (Position >= _end)
        {
            End = Position == _end ? ScanEnd.Complete : ScanEnd.Partial;
            return false;
        }

        int header = (int)Math.Min(RecordBatch.HeaderSize, _end - Position);
        ReadOnlySpan<byte> bytes = Ensure(header);
        if (End != ScanEnd.None)
        {
            return false;
        }

        BatchFrame frame = RecordBatch.Probe(bytes, out int size);
        if (frame is BatchFrame.BadLength or BatchFrame.BadMagic)
        {
            End = ScanEnd.Malformed;
            return false;
        }

        if (size == 0 || size > _end - Position || bytes.Length < Math.Min(RecordBatch.HeaderSize, size))
        {
            End = ScanEnd.Partial;
            return false;
        }

        _size = size;
        return true;
    }

    /// <summary>
    /// The whole current batch: in the scanner's buffer if it fits, else in <paramref name="large"/>, which grows to
    /// the batch's size. That size was checked against the length of the file, so it cannot be made up.
    /// </summary>
    public RecordBatch ReadWhole(ref byte[] large)
    {
        if (_size <= _buffer.Length)
        {
            ReadOnlySpan<byte> bytes = Ensure(_size);
            return new RecordBatch(bytes[..Math.Min(bytes.Length, _size)]);
        }

        if (large.Length < _size)
        {
            large = new byte[_size];
        }

        int read = _file.Read(large.AsSpan(0, _size), Position);
        return new RecordBatch(large.AsSpan(0, read));
    }

    // At least `count` bytes from Position on, if the file has them.
    private ReadOnlySpan<byte> Ensure(int count)
    {
        long at = Position - _bufferStart;
        if (at < 0 || at + count > _buffered)
        {
            int wanted = (int)Math.Min(_buffer.Length, _end - Position);
            Span<byte> room = _buffer[..wanted];
            _buffered = _mayWait ? _file.Read(room, Position) : _file.ReadNow(room, Position);
            _bufferStart = Position;
            at = 0;
            if (_buffered == IDiskFile.WouldWait)
            {
                _buffered = 0;
                End = ScanEnd.NotInMemory;
            }
        }

        return _buffer[(int)at.._buffered];
    }
}
