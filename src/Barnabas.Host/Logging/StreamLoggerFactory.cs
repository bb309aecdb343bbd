using Microsoft.Extensions.Logging;

namespace Barnabas.Host;

/// <summary>
/// Loggers that write lines to one stream, in the order of the calls, each line whole and at once: what was logged is
/// out even if the process ends in the next moment. From any thread.
/// </summary>
public sealed class StreamLoggerFactory(Stream output, LogFormat format, LogLevel least, TimeProvider time)
    : ILoggerFactory
{
    private readonly Lock _lock = new();
    private readonly LogLines _lines = new(format);

    public ILogger CreateLogger(string categoryName) => new StreamLogger(this, categoryName);

    /// <summary>There is one place to log to.</summary>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
        lock (_lock)
        {
            output.Flush();
        }
    }

    private void Write<TState>(
        LogLevel level,
        string category,
        EventId id,
        TState state,
        string message,
        Exception? exception)
    {
        lock (_lock)
        {
            try
            {
                output.Write(_lines.Format(time.GetUtcNow(), level, category, id, state, message, exception));
                output.Flush();
            }
            catch (IOException)
            {
                // Nobody reads any more (a closed pipe, a full disk): a node does not end because of its log.
            }
        }
    }

    private sealed class StreamLogger(StreamLoggerFactory owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= owner.Least && logLevel != LogLevel.None;

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

    private LogLevel Least { get; } = least;
}
