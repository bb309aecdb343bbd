using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>
/// One socket to one broker. Requests are pipelined and answered in their order; a wrong correlation id, an unreadable
/// answer, or a request beyond its time limit ends the connection, and with it every pending request, with a retriable
/// error. From any thread.
/// </summary>
/// <remarks>
/// Two loops, one owner: the read loop is the only one that takes from the pending queue, the write loop the only one
/// that sends. Whatever fails first wins in <see cref="Close"/>; the rest follows from the closed socket.
/// </remarks>
internal sealed class KafkaConnection : IAsyncDisposable
{
    /// <summary>
    /// Requests that may be unanswered: above the 5 of a producer with room for metadata and fetches on the same
    /// connection; more wait at the caller.
    /// </summary>
    private const int InFlightMax = 64;

    private readonly ClientOptions _options;
    private readonly Socket _socket;
    private readonly string _name;
    private readonly Lock _gate = new();
    private readonly Queue<PendingRequest> _pending = new();
    private readonly SemaphoreSlim _slots = new(InFlightMax, InFlightMax);
    private readonly Channel<OutboundFrame> _outbound = Channel.CreateBounded<OutboundFrame>(
        new BoundedChannelOptions(InFlightMax) { SingleReader = true });

    private int _nextCorrelation;
    private KafkaException? _closedBy;
    private BrokerVersions? _versions;
    private Task _loops = Task.CompletedTask;
    private ITimer? _watch;

    private KafkaConnection(Socket socket, BrokerAddress address, ClientOptions options)
    {
        _socket = socket;
        _options = options;
        _name = address.ToString();
    }

    public bool IsOpen => Volatile.Read(ref _closedBy) is null;

    public BrokerVersions Versions => _versions ?? throw new InvalidOperationException("The handshake is not over.");

    /// <summary>Connects and learns the broker's versions, both within the setup timeout.</summary>
    /// <exception cref="KafkaException"><see cref="ErrorCode.NetworkException"/>, or a broker that is too
    /// old.</exception>
    public static async Task<KafkaConnection> OpenAsync(
        BrokerAddress address, ClientOptions options, CancellationToken cancellation)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.ConnectionSetupTimeout);
        KafkaConnection? connection = null;
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, limit.Token).ConfigureAwait(false);
            connection = new KafkaConnection(socket, address, options);
            connection.Start();
            await connection.NegotiateAsync(limit.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or KafkaException)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            socket.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw error is KafkaException known
                ? known
                : new KafkaException(
                    ErrorCode.NetworkException, $"no connection to {address}: {Reason(error)}", inner: error);
        }
    }

    /// <summary>
    /// Sends a request in the highest version both sides speak. The request is in the queue when the method returns
    /// (unless <see cref="InFlightMax"/> are pending), so calls from one thread are sent in their order.
    /// </summary>
    /// <param name="request">Encoded before the method returns; the caller may change it afterwards.</param>
    /// <param name="highest">The highest version whose fields the request uses.</param>
    /// <param name="timeout">Null takes the request timeout.</param>
    /// <param name="inline">Continue on the read loop. Only for continuations that neither block nor take long.</param>
    /// <param name="cancellation">Stops the waiting, not the request: the broker may still carry it out.</param>
    public Task<TResponse> SendAsync<TResponse>(
        IApiMessage request,
        short highest = short.MaxValue,
        TimeSpan? timeout = null,
        bool inline = false,
        CancellationToken cancellation = default)
        where TResponse : class, IMessage<TResponse>, new()
    {
        short version = Versions.Pick(request.ApiKey, highest);
        Task<TResponse> answer =
            SendAsync<TResponse>(request, version, timeout, inline, expectsAnswer: true, cancellation);
        return cancellation.CanBeCanceled ? answer.WaitAsync(cancellation) : answer;
    }

    /// <summary>
    /// Sends a request that the broker does not answer (acks=0); done when it is written to the socket.
    /// </summary>
    public Task SendOneWayAsync<TResponse>(IApiMessage request, short highest)
        where TResponse : class, IMessage<TResponse>, new() =>
        SendAsync<TResponse>(request, Versions.Pick(request.ApiKey, highest), null, true, false, default);

    public async ValueTask DisposeAsync()
    {
        Close(new KafkaException(ErrorCode.NetworkException, $"the connection to {_name} was closed by this client"));
        await _loops.ConfigureAwait(false);
    }

    private static string Reason(Exception error) =>
        error is OperationCanceledException ? "no answer in time" : error.Message;

    private void Start()
    {
        _loops = Task.WhenAll(ReadLoopAsync(), WriteLoopAsync());
        TimeSpan period =
            TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, _options.RequestTimeout.Ticks / 10));
        _watch = _options.Time.CreateTimer(
            static state => ((KafkaConnection)state!).CloseIfOverdue(), this, period, period);
    }

    private async Task NegotiateAsync(CancellationToken cancellation)
    {
        ApiVersionsRequest request =
            new() { ClientSoftwareName = "barnabas", ClientSoftwareVersion = SoftwareVersion() };
        // Version 5 adds a check of cluster and node id that a bootstrap connection cannot make.
        ApiVersionsResponse response = await AskVersionsAsync(request, 4, cancellation).ConfigureAwait(false);
        if (response.ErrorCode == (short)ErrorCode.UnsupportedVersion)
        {
            BrokerVersions hint = new(response);
            short second = hint.Knows(ApiKey.ApiVersions) ? hint.Pick(ApiKey.ApiVersions, 3) : (short)0;
            response = await AskVersionsAsync(request, second, cancellation).ConfigureAwait(false);
        }

        if (response.ErrorCode != 0)
        {
            throw new KafkaException(
                (ErrorCode)response.ErrorCode,
                    $"{_name} refused to tell its versions: {(ErrorCode)response.ErrorCode}");
        }

        _versions = new BrokerVersions(response);
    }

    private Task<ApiVersionsResponse> AskVersionsAsync(
        ApiVersionsRequest request, short version, CancellationToken cancellation) =>
        SendAsync<ApiVersionsResponse>(request, version, null, inline: false, expectsAnswer: true, cancellation)
            .WaitAsync(cancellation);

    private static string SoftwareVersion() =>
        typeof(KafkaConnection).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private async Task<TResponse> SendAsync<TResponse>(
        IApiMessage request,
        short version,
        TimeSpan? timeout,
        bool inline,
        bool expectsAnswer,
        CancellationToken cancellation)
        where TResponse : class, IMessage<TResponse>, new()
    {
        ApiKeyFacts api = ApiKeys.Get(request.ApiKey);
        (byte[] buffer, int length) = RequestEncoder.Encode(request, api, version, _options.ClientId);
        MonotonicTime deadline = _options.Time.Monotonic + (timeout ?? _options.RequestTimeout);
        PendingRequestOf<TResponse> pending = new(api, version, deadline, inline);
        if (!_slots.Wait(0, CancellationToken.None))
        {
            await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        }

        lock (_gate)
        {
            if (_closedBy is { } reason)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                _slots.Release();
                pending.Fail(reason);
            }
            else
            {
                pending.CorrelationId = _nextCorrelation++;
                RequestEncoder.SetCorrelation(buffer, pending.CorrelationId);
                if (expectsAnswer)
                {
                    _pending.Enqueue(pending);
                }

                // A slot is held for every frame in the channel, so there is room.
                Invariant.That(
                    _outbound.Writer.TryWrite(new OutboundFrame(buffer, length, expectsAnswer ? null : pending)));
            }
        }

        return await pending.Task.ConfigureAwait(false);
    }

    private async Task WriteLoopAsync()
    {
        try
        {
            await foreach (OutboundFrame frame in _outbound.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await SendFrameAsync(frame).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            Close(Lost(error));
        }

        while (_outbound.Reader.TryRead(out OutboundFrame left))
        {
            ArrayPool<byte>.Shared.Return(left.Buffer);
            left.CompleteOnWrite?.Fail(_closedBy!);
        }
    }

    private async ValueTask SendFrameAsync(OutboundFrame frame)
    {
        try
        {
            int sent = 0;
            while (sent < frame.Length)
            {
                sent += await _socket.SendAsync(frame.Buffer.AsMemory(sent, frame.Length - sent)).ConfigureAwait(false);
            }

            if (frame.CompleteOnWrite is { } done)
            {
                _slots.Release();
                done.CompleteEmpty();
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            frame.CompleteOnWrite?.Fail(Lost(error));
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame.Buffer);
        }
    }

    private async Task ReadLoopAsync()
    {
        FrameAssembler frames = new(_options.ResponseBytesMax);
        try
        {
            while (true)
            {
                int count = await _socket.ReceiveAsync(frames.Space()).ConfigureAwait(false);
                if (count == 0)
                {
                    Close(new KafkaException(ErrorCode.NetworkException, $"{_name} closed the connection"));
                    return;
                }

                frames.Received(count);
                while (frames.TryTake(out byte[] frame))
                {
                    Dispatch(frame);
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            Close(Lost(error));
        }
        catch (KafkaException error)
        {
            Close(error);
        }
    }

    private void Dispatch(byte[] frame)
    {
        KafkaReader reader = new(frame.AsMemory());
        int correlation = reader.ReadInt32();
        PendingRequest? pending;
        lock (_gate)
        {
            if (!_pending.TryDequeue(out pending))
            {
                throw new KafkaException(ErrorCode.CorruptMessage, $"{_name} sent a response that nobody asked for");
            }
        }

        _slots.Release();
        try
        {
            if (reader.Failed || correlation != pending.CorrelationId)
            {
                throw new KafkaException(
                    ErrorCode.CorruptMessage,
                    $"{_name} answered request {correlation}; {pending.CorrelationId} ({pending.Api.Name}) was next");
            }

            if (pending.Api.ResponseHeaderVersion(pending.Version) >= 1)
            {
                reader.SkipTaggedFields();
            }

            if (!pending.TryComplete(ref reader))
            {
                throw new KafkaException(
                    ErrorCode.CorruptMessage,
                        $"{_name} sent a {pending.Api.Name} response v{pending.Version} that does not parse");
            }
        }
        catch (KafkaException error)
        {
            pending.Fail(error);
            throw;
        }
    }

    private KafkaException Lost(Exception error) =>
        new(ErrorCode.NetworkException, $"the connection to {_name} was lost: {error.Message}", inner: error);

    private void CloseIfOverdue()
    {
        MonotonicTime now = _options.Time.Monotonic;
        PendingRequest? overdue = null;
        lock (_gate)
        {
            foreach (PendingRequest pending in _pending)
            {
                if (pending.Deadline <= now)
                {
                    overdue = pending;
                    break;
                }
            }
        }

        if (overdue is not null)
        {
            Close(new KafkaException(ErrorCode.RequestTimedOut, $"{_name} did not answer {overdue.Api.Name} in time"));
        }
    }

    private void Close(KafkaException reason)
    {
        List<PendingRequest> orphans;
        lock (_gate)
        {
            if (_closedBy is not null)
            {
                return;
            }

            _closedBy = reason;
            orphans = [.. _pending];
            _pending.Clear();
            _outbound.Writer.TryComplete();
        }

        _watch?.Dispose();
        _socket.Dispose();
        foreach (PendingRequest orphan in orphans)
        {
            orphan.Fail(reason);
            _slots.Release();
        }
    }
}
