using Microsoft.Extensions.Logging;

namespace Barnabas.Host;

/// <summary>
/// Loggers that write lines to one stream, in the order of the calls and each line whole. A thread of its own writes,
/// so that nobody who logs ever waits for whoever reads: lines that find no room are dropped and counted, and the count
/// is told once the stream takes lines again. From any thread.
/// </summary>
public sealed class StreamLoggerFactory : ILoggerFactory
{
    /// <summary>Bytes of lines that wait to be written; some ten thousand lines.</summary>
    internal const int WaitingBytesMax = 1024 * 1024;

    /// <summary>How long the end of the process waits for the last lines to be taken.</summary>
    internal static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(2);

    private readonly Stream _output;
    private readonly TimeProvider _time;
    private readonly LogLines _lines;
    private readonly object _gate = new();
    private readonly Queue<byte[]> _waiting = new();
    private readonly Thread _writer;
    private int _waitingBytes;
    private long _dropped;
    private bool _isWriting;
    private bool _isEnding;

    public StreamLoggerFactory(Stream output, LogFormat format, LogLevel least, TimeProvider time)
    {
        _output = output;
        _time = time;
        _lines = new LogLines(format);
        Least = least;
        _writer = new Thread(WriteAll) { Name = "log", IsBackground = true };
        _writer.Start();
    }

    private LogLevel Least { get; }

    /// <summary>The web framework behind the metrics page tells of each request: only its warnings are news.</summary>
    public ILogger CreateLogger(string categoryName) => new StreamLogger(
        this,
        categoryName,
        categoryName.StartsWith("Microsoft.", StringComparison.Ordinal) && Least < LogLevel.Warning
            ? LogLevel.Warning
            : Least);

    /// <summary>There is one place to log to.</summary>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    /// <summary>Waits until everything logged so far is out; false if that takes longer than this.</summary>
    public bool Flush(TimeSpan patience)
    {
        long began = _time.GetTimestamp();
        lock (_gate)
        {
            while (_waiting.Count > 0 || _isWriting)
            {
                TimeSpan left = patience - _time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Writes what is left, as far as the reader takes it within <see cref="FlushPatience"/>.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isEnding = true;
            Monitor.PulseAll(_gate);
        }

        _writer.Join(FlushPatience);
    }

    private void Write<TState>(
        LogLevel level,
        string category,
        EventId id,
        TState state,
        string message,
        Exception? exception)
    {
        lock (_gate)
        {
            Add(_lines.Format(_time.GetUtcNow(), level, category, id, state, message, exception));
        }
    }

    private void Add(ReadOnlySpan<byte> line)
    {
        if (_isEnding || _waitingBytes + line.Length > WaitingBytesMax)
        {
            _dropped++;
            return;
        }

        _waiting.Enqueue(line.ToArray());
        _waitingBytes += line.Length;
        Monitor.PulseAll(_gate);
    }

    /// <summary>The loop of the writer's thread.</summary>
    private void WriteAll()
    {
        List<byte[]> batch = [];
        while (TryTake(batch))
        {
            try
            {
                foreach (byte[] line in batch)
                {
                    _output.Write(line);
                }

                _output.Flush();
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException)
            {
                // Nobody reads any more (a closed pipe, a full disk): a node does not end because of its log.
            }
        }
    }

    private bool TryTake(List<byte[]> batch)
    {
        batch.Clear();
        lock (_gate)
        {
            _isWriting = false;
            Monitor.PulseAll(_gate);
            while (_waiting.Count == 0 && !_isEnding)
            {
                Monitor.Wait(_gate);
            }

            batch.AddRange(_waiting);
            _waiting.Clear();
            _waitingBytes = 0;
            if (_dropped > 0)
            {
                // Behind the lines that had room: those that had none came later.
                batch.Add(_lines.FormatDropped(_time.GetUtcNow(), _dropped).ToArray());
                _dropped = 0;
            }

            _isWriting = batch.Count > 0;
            return _isWriting;
        }
    }

    private sealed class StreamLogger(StreamLoggerFactory owner, string category, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                owner.Write(logLevel, category, eventId, state, formatter(state, exception), exception);
            }
        }
    }
}
