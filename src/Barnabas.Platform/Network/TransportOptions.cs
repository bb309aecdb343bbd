using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>What the real networks can be told.</summary>
public sealed record TransportOptions
{
    /// <summary>Threads that serve connections. Default: one per processor, at most 8.</summary>
    public int Reactors { get; init; } = Math.Min(Environment.ProcessorCount, 8);

    /// <summary>Connections the system may hold before they are accepted.</summary>
    public int Backlog { get; init; } = 1024;

    /// <summary>Kafka's <c>socket.send.buffer.bytes</c>; null lets the system tune it.</summary>
    public int? SendBufferBytes { get; init; }

    /// <summary>Kafka's <c>socket.receive.buffer.bytes</c>; null lets the system tune it.</summary>
    public int? ReceiveBufferBytes { get; init; }

    /// <summary>How long an attempt to connect may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long accepting pauses when the process or the system has no more file descriptors: long enough not to burn a
    /// processor, short enough that nobody notices when one is given back.
    /// </summary>
    public TimeSpan AcceptPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Told the name of a reactor and the exception that a handler, item or timer threw, on its thread. The connection
    /// is closed already; the reactor goes on.
    /// </summary>
    public required Action<string, Exception> OnFault { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Where reactors record how long they were away from their sockets, in microseconds: all other connections of a
    /// reactor wait so long for one that is served.
    /// </summary>
    public Histogram Turns { get; init; } = new();

    /// <summary>Where reactors count the connections that they gave to another one.</summary>
    public Counter Moves { get; init; } = new();
}
