namespace Barnabas.Cli;

/// <summary>
/// Cuts a stream of bytes into lines, ended by LF, CR LF, or CR. The last line counts even without an end. Lines are
/// slices of the buffer, valid until the next <see cref="FillAsync"/>.
/// </summary>
internal sealed class LineSplitter(Stream input, int lineBytesMax)
{
    // Large enough that reading a pipe (64 KiB) or file never takes many calls per line.
    private byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;
    private bool _ended;
    private bool _skipLineFeed;

    /// <summary>The next line without its end; false if more bytes are needed first, or there are no more.</summary>
    public bool TryNext(out ReadOnlyMemory<byte> line)
    {
        line = default;
        if (_skipLineFeed && _start < _end)
        {
            // The LF of a CR LF whose CR was the last byte that had come.
            _start += _buffer[_start] == (byte)'\n' ? 1 : 0;
            _skipLineFeed = false;
        }

        int length = _buffer.AsSpan(_start, _end - _start).IndexOfAny((byte)'\n', (byte)'\r');
        if (length < 0)
        {
            if (!_ended || _start == _end)
            {
                return false;
            }

            line = _buffer.AsMemory(_start, _end - _start);
            _start = _end;
            return true;
        }

        line = _buffer.AsMemory(_start, length);
        bool carriageReturn = _buffer[_start + length] == (byte)'\r';
        _start += length + 1;
        _skipLineFeed = carriageReturn;
        return true;
    }

    /// <summary>
    /// Reads more; false at the end of the input, after which <see cref="TryNext"/> may give one last line.
    /// </summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= lineBytesMax)
            {
                throw new CommandFailure($"a line is longer than {lineBytesMax} bytes");
            }

            Array.Resize(ref _buffer, (int)Math.Min(2L * _buffer.Length, lineBytesMax));
        }

        int count = await input.ReadAsync(_buffer.AsMemory(_end), cancellation).ConfigureAwait(false);
        _end += count;
        _ended = count == 0;
        return !_ended;
    }
}
